"""Which warehouse is meant where none is named: that of the current folder, else the clone's."""

import os
from pathlib import Path

import pytest

from journey.core.paths import resolve_config, resolve_data_dir
from tests.conftest import REPO

NAMED = ("JOURNEY_CONFIG", "JOURNEY_DATA_DIR")


@pytest.fixture(autouse=True)
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in NAMED:
        monkeypatch.delenv(variable, raising=False)


def test_the_current_folder_is_the_warehouse_where_it_has_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolve_config() == REPO / "journey.toml"
    (tmp_path / "journey.toml").touch()
    assert resolve_config() == tmp_path / "journey.toml"
    assert resolve_data_dir() == tmp_path / "data"


def test_the_clone_is_the_warehouse_where_the_current_folder_was_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(FileNotFoundError):
        os.getcwd()
    assert resolve_config() == REPO / "journey.toml"
    monkeypatch.chdir(tmp_path)
