"""The published past of a mart: kept whole, once, and for every version that readers saw."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from journey import publish
from journey.core.settings import Settings
from journey.publish import history
from journey.transform.marts import marts_with_history
from journey.transform.project import manifest

COLUMNS = {"as_of": "timestamp", "touchpoint": "string", "touches": "bigint"}
MARTS = {"journey_map": COLUMNS}
KEEPER = f"""
import sys
from journey.publish import history
from journey.core.settings import Settings
history.keep(Settings.load(sys.argv[1], sys.argv[2]), {MARTS!r})
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("keep_versions = 1\n")
    return Settings.load(config, tmp_path / "data")


def publish_night(settings: Settings, night: int, mart: str = "journey_map") -> publish.Version:
    settings.data_dir.mkdir(exist_ok=True)
    settings.warehouse_path.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            f"create table marts.{mart} as select timestamp '2026-11-{night:02}' as as_of,"
            f" 'web:search' as touchpoint, {night}::bigint as touches"
        )
    as_of = datetime(2026, 11, night, tzinfo=UTC)
    return publish.publish(settings, marts=[mart], run_id=f"run{night}", as_of=as_of, checks=[])


def kept(settings: Settings) -> list[int]:
    """The nights whose maps are kept, as dbt reads them."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select touches from read_parquet(?, union_by_name = true) order by touches",
            [f"{settings.history_dir}/journey_map/*.parquet"],
        ).fetchall()
    return [night for (night,) in rows]


def test_the_first_night_finds_a_table_without_rows(settings: Settings) -> None:
    history.keep(settings, MARTS)
    assert kept(settings) == []


def test_a_version_is_kept_beyond_its_pruning_and_once(settings: Settings) -> None:
    for night in (1, 2, 3):
        history.keep(settings, MARTS)
        version = publish_night(settings, night)
    assert [each.name for each in publish.versions(settings)] == [version.name]
    for _ in range(2):
        history.keep(settings, MARTS)
        assert kept(settings) == [1, 2, 3]
    copied = settings.history_dir / "journey_map" / f"{version.name}.parquet"
    shown = version.directory / "parquet" / "journey_map.parquet"
    assert copied.read_bytes() == shown.read_bytes()


def test_a_version_that_readers_never_saw_is_no_past(settings: Settings) -> None:
    shown = publish_night(settings, 1)
    unseen = shown.directory.with_name("20991231T000000Z-unseen")
    shutil.copytree(shown.directory, unseen)
    told = unseen / "manifest.json"
    told.chmod(0o644)
    told.write_text(told.read_text().replace(shown.name, unseen.name))
    assert [each.name for each in publish.versions(settings)] == [shown.name, unseen.name]
    history.keep(settings, MARTS)
    assert kept(settings) == [1]


def test_a_version_of_older_code_has_no_such_mart(settings: Settings) -> None:
    publish_night(settings, 1, mart="people")
    history.keep(settings, MARTS)
    assert kept(settings) == []


def test_a_mart_may_gain_columns(settings: Settings) -> None:
    publish_night(settings, 1)
    history.keep(settings, MARTS)
    history.keep(settings, {"journey_map": COLUMNS | {"owner": "string"}})
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select touches, owner from read_parquet(?, union_by_name = true)",
            [f"{settings.history_dir}/journey_map/*.parquet"],
        ).fetchall()
    assert rows == [(1, None)]


def test_a_copy_that_is_cut_off_is_not_read_and_made_again(settings: Settings) -> None:
    publish_night(settings, 1)
    killed = subprocess.run(
        [sys.executable, "-c", KEEPER, settings.config_file, settings.data_dir],
        env=os.environ | {"JOURNEY_FAULT": "history.mid_copy"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert kept(settings) == []
    history.keep(settings, MARTS)
    assert kept(settings) == [1]
    assert not list(settings.history_dir.rglob("*.tmp"))


def test_what_is_kept_is_declared_beside_the_mart_and_can_be_read() -> None:
    path = manifest()
    declared = marts_with_history(path)
    sources = json.loads(path.read_text())["sources"].values()
    assert set(declared) == {s["name"] for s in sources if s["source_name"] == "history"}
    assert declared["journey_map"]["touches"] == "bigint"
