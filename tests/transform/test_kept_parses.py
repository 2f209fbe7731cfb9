"""The dbt project is parsed once for all warehouses of an installation, for the same files alone.

Whether something was parsed is read off what dbt writes: its log, and its own account of a parse.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from journey.core.cache_dir import cache_dir
from journey.core.paths import Places
from journey.core.settings import Settings
from journey.transform import kept_parses, project
from tests.parsed_project import REPO
from tests.warm_process import run_warm

SMALL_PROJECT = {
    "dbt_project.yml": "name: small\nprofile: small\nconfig-version: 2\n",
    "profiles.yml": (
        "small:\n  target: it\n  outputs:\n    it:\n      type: duckdb\n"
        "      path: \"{{ env_var('JOURNEY_DATA_DIR') }}/it.duckdb\"\n"
    ),
    "models/one.sql": "select 1 as number\n",
    "seeds/stages.csv": "stage\nfirst\n",
}


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of kept parses that nothing is in."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("JOURNEY_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def parses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The warehouses for which a small project was parsed, by a dbt that writes what dbt writes."""
    shipped, parsed = tmp_path / "shipped", []
    for name, content in SMALL_PROJECT.items():
        (shipped / name).parent.mkdir(parents=True, exist_ok=True)
        (shipped / name).write_text(content)

    def parse(paths: Places, folder: Path) -> None:
        parsed.append(paths.data_dir)
        for name in kept_parses.ARTEFACTS:
            (folder / "target" / name).write_text(f"{name} of {len(parsed)} parses\n" * 999)

    monkeypatch.setattr(project, "DBT_DIR", shipped)
    seeds = {"stages": shipped / "seeds" / "stages.csv"}
    monkeypatch.setattr(project, "seed_files", lambda _: seeds)
    monkeypatch.setattr(project, "_parse", parse)
    return parsed


def prepared(home: Path) -> project.Project:
    return project.prepare_project(Places(data_dir=home / "data", config_file=home / "x.toml"))


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "parses").iterdir())


def test_a_second_warehouse_parses_nothing_of_what_the_first_one_parsed(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_ENV_CUSTOM_ENV_TOKEN", "a secret of this user")
    first, second = (tmp_path / name / "data" for name in ("first", "second"))
    found = [
        project.prepare_project(Places(data_dir=home, config_file=REPO / "journey.toml"))
        for home in (first, second)
    ]
    logs = [one.manifest.with_name("dbt.log") for one in found]
    assert "journey-dbt parse` succeeded" in logs[0].read_text()
    assert not logs[1].exists(), "no dbt has run in the second warehouse"
    manifests = [json.loads(one.manifest.read_text()) for one in found]
    assert manifests[0] == manifests[1]
    (packed,) = kept(own_cache)
    artefacts = [found[1].folder / "target" / name for name in kept_parses.ARTEFACTS]
    for held in [packed, *artefacts]:
        content = held.read_bytes()
        assert str(tmp_path).encode() not in content, f"{held.name} names a warehouse"
        assert b"a secret of this user" not in content
    settings = Settings.load(REPO / "journey.toml", second, memory_limit="777MB", threads=1)
    assert b"777" not in packed.read_bytes()
    environment = os.environ | project.dbt_environment(settings)
    environment |= {
        "DBT_PROJECT_DIR": str(found[1].folder),
        "DBT_PROFILES_DIR": str(found[1].folder),
        "DBT_TARGET_PATH": str(second / "target"),
        "DBT_PARTIAL_PARSE_FILE_PATH": str(found[1].folder / "target" / kept_parses.PARTIAL_PARSE),
    }
    done = run_warm("journey.transform.process", ["parse"], environment, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    account = json.loads((second / "target" / "perf_info.json").read_text())
    assert account["parsed_path_count"] == 0, "other limits are no other project"
    assert account["path_count"] > 300


def test_what_is_kept_is_of_the_same_files(
    tmp_path: Path, own_cache: Path, parses: list[Path]
) -> None:
    first, again = prepared(tmp_path / "first"), prepared(tmp_path / "again")
    assert parses == [tmp_path / "first" / "data"]
    assert again.manifest.read_bytes() == first.manifest.read_bytes()
    for number, changed in enumerate(("models/one.sql", "seeds/stages.csv"), start=2):
        path = tmp_path / "shipped" / changed
        before, content = path.stat(), path.read_bytes()
        path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
        prepared(tmp_path / changed)
        assert len(parses) == number, f"{changed} is another, of the same size and time"
    (tmp_path / "shipped" / "target").mkdir()
    (tmp_path / "shipped" / "target" / "manifest.json").write_text("{}")
    prepared(tmp_path / "last")
    assert len(parses) == 3, "what dbt writes is no part of the project"
    assert len(kept(own_cache)) == 3


def test_a_parse_that_went_on_from_another_is_for_no_other_warehouse(
    tmp_path: Path, own_cache: Path, parses: list[Path]
) -> None:
    prepared(tmp_path / "first")
    (tmp_path / "shipped" / "models" / "one.sql").write_text("select 2 as number\n")
    prepared(tmp_path / "first")
    assert (len(parses), len(kept(own_cache))) == (2, 1)
    prepared(tmp_path / "second")
    assert (len(parses), len(kept(own_cache))) == (3, 2)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def bend(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def let_others_write(path: Path) -> None:
    path.chmod(0o666)


def link_to_it(path: Path) -> None:
    path.symlink_to(path.rename(path.parents[2] / "elsewhere"))


def make_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [cut, bend, empty, let_others_write, link_to_it, make_a_folder])
def test_what_is_kept_and_damaged_is_parsed_anew(
    tmp_path: Path, own_cache: Path, parses: list[Path], damage: Callable[[Path], None]
) -> None:
    prepared(tmp_path / "first")
    damage(kept(own_cache)[0])
    second = prepared(tmp_path / "second")
    assert parses == [tmp_path / name / "data" for name in ("first", "second")]
    assert second.manifest.read_text().startswith("manifest.json of 2 parses")


@pytest.mark.parametrize("is_of_another", [True, False])
def test_another_user_s_folder_or_one_that_others_write_keeps_nothing(
    tmp_path: Path,
    own_cache: Path,
    parses: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    is_of_another: bool,
) -> None:
    own_cache.mkdir()
    own_cache.chmod(0o700 if is_of_another else 0o777)
    if is_of_another:
        own = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    assert cache_dir() is None
    prepared(tmp_path / "first")
    prepared(tmp_path / "second")
    assert len(parses) == 2
    assert list(own_cache.iterdir()) == []


@pytest.mark.parametrize("place", ["file", "full", "no home"])
def test_a_run_does_not_need_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parses: list[Path], place: str
) -> None:
    if place == "file":
        (tmp_path / "cache").write_text("")
        monkeypatch.setenv("JOURNEY_CACHE_DIR", str(tmp_path / "cache"))
    elif place == "full":
        monkeypatch.setenv("JOURNEY_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.setattr(kept_parses.durable, "flush", no_room)
    else:
        monkeypatch.delenv("JOURNEY_CACHE_DIR")
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setattr(Path, "home", no_home)
    for name in ("first", "second"):
        assert prepared(tmp_path / name).manifest.exists()
    assert len(parses) == 2
    left = tmp_path / "cache" / "parses"
    assert not left.exists() or list(left.iterdir()) == [], "nothing half written is left"


def no_room(_: Path) -> None:
    raise OSError(28, "No space left on device")


def no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_the_folder_is_private_and_holds_few(
    tmp_path: Path, own_cache: Path, parses: list[Path]
) -> None:
    for number in range(kept_parses.MOST + 3):
        (tmp_path / "shipped" / "models" / "one.sql").write_text(f"select {number} as number\n")
        prepared(tmp_path / str(number))
    assert len(kept(own_cache)) == kept_parses.MOST
    for path in (own_cache, own_cache / "parses", *kept(own_cache)):
        assert not path.stat().st_mode & 0o077, path
    prepared(tmp_path / "the last one again")
    assert len(parses) == kept_parses.MOST + 3


def test_the_place_is_as_given_or_by_the_custom_of_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_CACHE_DIR", str(tmp_path / "given"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "custom"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert cache_dir() == tmp_path / "given"
    monkeypatch.delenv("JOURNEY_CACHE_DIR")
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_dir() == tmp_path / "custom" / "journey-warehouse"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_dir() == tmp_path / "home" / ".cache" / "journey-warehouse"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_dir() == tmp_path / "home" / "Library" / "Caches" / "journey-warehouse"
