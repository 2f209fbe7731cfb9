"""Who may look into a data dir: no one but its owner, and the group that published/ is shared with.

What another user can do is tried by one: a process that has become another user.
"""

import grp
import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from journey.core import privacy
from journey.core.errors import ConfigurationError
from journey.core.settings import Settings
from tests.conftest import Shop, copy_of
from tests.messages import assert_says

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
# Opens what is published, and tries what is not, as a user of a group.
READER = """
import json, os, sys
data_dir, group = sys.argv[1], int(sys.argv[2])
import duckdb, pathlib
os.setgroups([group] if group else [])
os.setgid(65534); os.setuid(65534)
def works(do):
    try:
        do(); return True
    except (PermissionError, FileNotFoundError, duckdb.IOException):
        return False
root = pathlib.Path(data_dir)
seen = {
    "duckdb": works(lambda: duckdb.connect(str(root / "published/current.duckdb"), read_only=True)
                    .execute("select count(*) from marts.people").fetchone()),
    "parquet": works(lambda: duckdb.execute(
        f"select count(*) from '{root}/published/parquet/people.parquet'").fetchone()),
    "report": works(lambda: (root / "published/report/index.html").read_text()),
    "manifest": works(lambda: (root / "published/manifest.json").read_text()),
    "list": works(lambda: os.listdir(root)),
    "write": works(lambda: (root / "published/mine").touch()),
}
for name in ("ledger.sqlite", "warehouse.duckdb", "alerts.sqlite", "email.key"):
    seen[name] = works(lambda: (root / name).open("rb").close()) if name else None
for name in ("raw", "landing", "quarantine", "spill", "logs", ".dagster", "dbt_target", "history"):
    seen[name] = works(lambda: os.listdir(root / name))
print(json.dumps(seen))
"""
PUBLISHED = {"duckdb", "parquet", "report", "manifest"}


def seen_by_another_user(data_dir: Path, group: int = 0) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", READER, data_dir, str(group)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name for name, is_seen in json.loads(done.stdout).items() if is_seen}


@pytest.fixture
def open_tmp() -> Iterator[Path]:
    """A folder that other users can reach, as /srv is; pytest makes its own private ever again."""
    with tempfile.TemporaryDirectory(prefix="journey-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    return Settings.load(config, tmp_path / "data")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def shared(small: Shop, open_tmp: Path) -> Shop:
    """A published warehouse where other users can reach it."""
    return copy_of(small, open_tmp / "shared")


@pytest.mark.long
def test_nothing_in_a_data_dir_is_for_others(small: Shop) -> None:
    found = [small.data_dir, *small.data_dir.rglob("*")]
    # Dagster copies this one from the project, with the permissions that it has there.
    found.remove(small.data_dir / "dbt_target" / "partial_parse.msgpack")
    wide = [path for path in found if not path.is_symlink() and mode(path) & 0o077]
    assert wide == []


@needs_root
@pytest.mark.long
def test_a_group_reads_what_is_published_and_nothing_else(shared: Shop) -> None:
    group = grp.getgrnam("users")
    assert seen_by_another_user(shared.data_dir, group.gr_gid) == set()
    nothing_new = shared.run(JOURNEY_PUBLISHED_GROUP="users")
    assert "othing new" in nothing_new.stdout, nothing_new.stdout + nothing_new.stderr
    assert seen_by_another_user(shared.data_dir, group.gr_gid) == PUBLISHED
    assert seen_by_another_user(shared.data_dir) == set(), "other users see nothing"
    assert shared.run().returncode == 0
    assert seen_by_another_user(shared.data_dir, group.gr_gid) == set(), "taken back"


@needs_root
@pytest.mark.slow
def test_a_group_reads_the_versions_to_come_too(shared: Shop) -> None:
    group = grp.getgrnam("users")
    before = os.readlink(shared.published / "current")
    again = shared.run("--full-refresh", JOURNEY_PUBLISHED_GROUP="users")
    assert again.returncode == 0, again.stdout + again.stderr
    assert os.readlink(shared.published / "current") != before
    assert seen_by_another_user(shared.data_dir, group.gr_gid) == PUBLISHED


def test_a_wider_data_dir_of_an_earlier_version_is_closed(settings: Settings) -> None:
    for name in ("raw", "published", "landing", "logs"):
        (settings.data_dir / name).mkdir(parents=True, mode=0o755)
    for name in ("ledger.sqlite", "warehouse.duckdb"):
        (settings.data_dir / name).touch(0o644)
    settings.data_dir.chmod(0o755)
    assert privacy.protect(settings) == []
    for path in (settings.data_dir, *settings.data_dir.iterdir()):
        assert mode(path) & 0o077 == 0, path


@pytest.mark.parametrize("how", ["writable", "inside"])
def test_where_another_user_delivers_landing_keeps_its_permissions(
    settings: Settings, how: str
) -> None:
    shared = settings.landing_dir if how == "writable" else settings.landing_dir / "crm"
    shared.mkdir(parents=True)
    settings.data_dir.chmod(0o755)
    settings.landing_dir.chmod(0o755)
    shared.chmod(0o777)
    (settings.data_dir / "raw").mkdir(mode=0o755)
    [sentence] = privacy.protect(settings)
    assert_says(sentence, "can read it", f"`chmod o= {settings.landing_dir}`")
    assert mode(shared) == 0o777
    assert mode(settings.data_dir) == 0o711, "they pass, and see no names"
    assert mode(settings.data_dir / "raw") == 0o700
    assert privacy.wide(settings) == [sentence]


def test_a_group_that_is_none_is_reported(settings: Settings) -> None:
    wrong = settings.model_copy(update={"published_group": "no-such-group"})
    with pytest.raises(ConfigurationError) as raised:
        privacy.protect(wrong)
    assert "no-such-group" in str(raised.value)
    assert "getent group" in str(raised.value)


def test_an_export_has_the_permissions_that_its_user_gives(small: Shop, tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        done = small.journey("export", "people", "--to", str(tmp_path / "people.csv"))
        docs = small.journey("docs", "--to", str(tmp_path / "handbook"))
    finally:
        os.umask(mask)
    assert done.returncode == 0, done.stderr
    assert docs.returncode == 0, docs.stderr
    assert mode(tmp_path / "people.csv") == 0o640
    assert mode(tmp_path / "handbook" / "definitions.html") == 0o640
