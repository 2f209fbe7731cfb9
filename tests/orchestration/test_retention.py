"""How long the catalogue remembers, and that the disk gets the rest back, beside an open server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.retention import prune
from tests.conftest import REPO

NOW = datetime(2026, 11, 30, tzinfo=UTC)
DAYS = dg.DailyPartitionsDefinition(start_date="2026-01-01", end_offset=400)


@dg.asset(partitions_def=DAYS)
def delivered() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"words": "x" * 4000})


@dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="table")])
def table() -> dg.MaterializeResult:
    return dg.MaterializeResult(
        metadata={"words": "x" * 4000},
        check_results=[dg.AssetCheckResult(passed=True, check_name="holds")],
    )


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JOURNEY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DAGSTER_HOME", str(REPO))
    return tmp_path / "data"


def run(instance: dg.DagsterInstance, age_days: int, *, fails: bool = False) -> str:
    """A run of that age, with the partition of its day."""
    day = (NOW - timedelta(days=age_days)).date().isoformat()
    moment = NOW - timedelta(days=age_days)
    first = dg.materialize([delivered], partition_key=day, instance=instance, tags={"day": day})
    second = dg.materialize([table], instance=instance)
    for done in (first, second):
        _set_age(instance, done.run_id, moment, "FAILURE" if fails else "SUCCESS")
    return second.run_id


def _set_age(instance: dg.DagsterInstance, run_id: str, moment: datetime, status: str) -> None:
    import sqlalchemy as sa

    with instance.run_storage.connect() as connection:
        connection.execute(
            sa.text(
                "update runs set create_timestamp = :at, update_timestamp = :at, status = :status"
                " where run_id = :run_id"
            ),
            {"at": moment.strftime("%Y-%m-%d %H:%M:%S.%f"), "run_id": run_id, "status": status},
        )


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_runs_are_forgotten_after_their_days_and_the_disk_gets_the_room(data_dir: Path) -> None:
    with dg.DagsterInstance.get() as server, dg.DagsterInstance.get() as instance:
        for age in range(100, 60, -4):
            run(instance, age)
        recent = run(instance, 1)
        shown = server.get_runs()  # a server looks at them all the time
        server.all_logs(shown[-1].run_id)
        events = data_dir / ".dagster" / "storage" / "events"
        before = size(events)
        assert prune(instance, NOW, keep_days=90) == 2 * 3
        assert prune(instance, NOW, keep_days=30) == 2 * 7
        assert len(server.get_runs()) == 2
        assert server.get_run_by_id(recent).is_success
        assert size(events) < before / 2
        left = {path.stem for path in events.glob("*.db")} - {"index", ""}
        assert left == {one.run_id for one in server.get_runs()}
        loaded = server.get_materialized_partitions(dg.AssetKey("delivered"))
        assert len(loaded) == 11, "what is loaded stays so in the catalogue"
        assert server.get_latest_materialization_event(dg.AssetKey("table")).run_id == recent
        run(instance, 0)
        assert len(server.get_runs()) == 4


def test_the_newest_success_and_what_still_runs_are_kept(data_dir: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        lasting = run(instance, 200)
        _set_age(instance, lasting, NOW - timedelta(days=200), "STARTED")
        succeeded = run(instance, 180)
        failed = run(instance, 150, fails=True)
        prune(instance, NOW, keep_days=90)
        kept = {one.run_id for one in instance.get_runs()}
        assert kept == {lasting, succeeded}
        assert failed not in kept


def test_what_a_process_left_that_died_while_forgetting_goes_too(data_dir: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        old = run(instance, 200)
        run(instance, 1)
        instance.run_storage.delete_run(old)
        path = data_dir / ".dagster" / "storage" / "events" / f"{old}.db"
        assert path.exists()
        prune(instance, NOW, keep_days=90)
        assert not path.exists()


def test_state_lies_in_the_data_dir_and_nowhere_else(data_dir: Path, tmp_path: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        run(instance, 1)
        assert not instance.telemetry_enabled
    assert {path.name for path in (data_dir / ".dagster" / "storage").iterdir()} >= {
        "events",
        "runs.db",
        "schedules",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
