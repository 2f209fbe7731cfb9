"""Where a setting comes from: what is given, the environment, the file, its default."""

import json
from pathlib import Path

import pytest

from journey.core.errors import ConfigurationError
from journey.core.settings import Settings
from journey.core.settings_errors import RENAMED

SHOP = {"name": "shop", "kind": "orders", "format": "shopify", "path": "landing/shop/*"}
FILE = """
keep_versions = 4
own_domains = ["shop.example", "shop.test"]
[[sources]]
name = "site"
kind = "web_events"
format = "ga4"
path = "landing/site/*"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("JOURNEY_DATA_DIR", raising=False)
    path = tmp_path / "journey.toml"
    path.write_text(FILE)
    return path


def test_the_first_that_gives_a_setting_decides_it(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings.load(config).keep_versions == 4
    assert Settings.load(config).keep_runs_days == 90
    monkeypatch.setenv("JOURNEY_KEEP_VERSIONS", "5")
    assert Settings.load(config).keep_versions == 5
    assert Settings.load(config, keep_versions=6).keep_versions == 6
    assert Settings.load(config, keep_versions=None).keep_versions == 5


def test_a_list_replaces_the_file_s_as_a_whole(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_OWN_DOMAINS", '["another.example"]')
    monkeypatch.setenv("JOURNEY_SOURCES", json.dumps([SHOP]))
    settings = Settings.load(config)
    assert settings.own_domains == ("another.example",)
    assert [source.name for source in settings.sources] == ["shop"]


def test_a_variable_is_a_setting_in_any_case_and_its_mistake_is_told_as_its_own(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("journey_keep_versions", "5")
    assert Settings.load(config).keep_versions == 5
    monkeypatch.setenv("journey_keep_versions", "none")
    with pytest.raises(ConfigurationError, match="environment variable JOURNEY_KEEP_VERSIONS: "):
        Settings.load(config)


def test_the_file_does_not_matter_where_it_is_not_asked(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("keep_versions = 'none'")
    monkeypatch.setenv("JOURNEY_KEEP_VERSIONS", "5")
    assert Settings.load(config).keep_versions == 5


def test_where_things_are_is_not_the_file_s_to_say(config: Path, tmp_path: Path) -> None:
    assert Settings.load(config).data_dir == tmp_path / "data"
    assert Settings.load(config, tmp_path / "other").data_dir == tmp_path / "other"
    config.write_text("data_dir = 'elsewhere'")
    with pytest.raises(ConfigurationError, match="--data-dir, or set JOURNEY_DATA_DIR"):
        Settings.load(config, tmp_path / "other")


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the settings file cannot be read"):
        Settings.load(tmp_path)


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_setting_of_another_name_before_is_said_to_be_renamed(
    config: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    assert new in Settings.model_fields
    monkeypatch.setenv(f"JOURNEY_{old.upper()}", "9")
    with pytest.raises(ConfigurationError, match=f"JOURNEY_{new.upper()} now; rename it"):
        Settings.load(config)
    monkeypatch.delenv(f"JOURNEY_{old.upper()}")
    config.write_text(f"{old} = 9\n{FILE}")
    with pytest.raises(ConfigurationError, match=f"'{old}' is called '{new}' now; rename it"):
        Settings.load(config)
