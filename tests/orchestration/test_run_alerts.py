"""What the orchestrator reports of a run: that it failed, did not come, or is unusual.

Assets and sensors work here as in a run, in an instance of their own.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from journey import publish
from journey.core.errors import DataError, EngineError
from journey.core.lock import writer_lock
from journey.core.settings import Settings
from orchestration import run
from tests.monitor.conftest import PublishedRuns
from tests.parsed_project import give_parsed_project
from tests.sinks import Sink, webhook_sink


@pytest.fixture
def alerts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """What a webhook gets; the settings of the environment are those of an empty warehouse."""
    config = tmp_path / "journey.toml"
    config.write_text("")
    with webhook_sink() as sink:
        monkeypatch.setenv("JOURNEY_CONFIG", str(config))
        monkeypatch.setenv("JOURNEY_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("JOURNEY_WEBHOOK_URL", sink.url)
        yield sink


def test_a_run_that_failed_is_reported_once_with_its_reason(alerts: Sink) -> None:
    from orchestration.defs.schedule import failed_runs

    @dg.op
    def first() -> None:
        raise DataError("the delivery is refused; fix it")

    @dg.op
    def second() -> None:
        raise DataError("the other one too; fix it")

    @dg.job
    def nightly() -> None:
        first()
        second()

    with dg.DagsterInstance.ephemeral() as instance:
        result = nightly.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="failed_runs",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
        ).for_run_failure()
        for _ in range(2):
            failed_runs(context)
    sentence = f"Run {result.run_id[:8]} published nothing: the delivery is refused; fix it"
    assert alerts.posts == [{"text": sentence}]


def test_a_run_that_finds_the_lock_held_is_reported_once(alerts: Sink) -> None:
    settings = Settings.load()
    with writer_lock(settings):
        for _ in range(2):
            with pytest.raises(EngineError, match="is writing to this warehouse"):
                run.run(settings)
    (post,) = alerts.posts
    assert post["text"].startswith("A run did not start: ")
    assert "is writing to this warehouse" in post["text"]


def test_a_run_that_cannot_begin_also_reports_that_it_is_late(
    alerts: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def does_not_parse(*_: object, **__: object) -> None:
        raise EngineError("dbt_project does not parse; fix it and run again")

    settings = Settings.load()
    runs = PublishedRuns(settings)
    version = runs.publish()
    overdue = version.published_at - timedelta(days=9)
    monkeypatch.setattr(publish, "shown", lambda _: [replace(version, published_at=overdue)])
    monkeypatch.setattr(run, "_execute", does_not_parse)
    for _ in range(2):
        with pytest.raises(EngineError, match="does not parse"):
            run.run(settings, full_refresh=True)
    failed, late = (post["text"] for post in alerts.posts)
    assert "does not parse" in failed
    assert "No version was published for 216 hours" in late
    runs.publish()
    with pytest.raises(EngineError, match="does not parse"):
        run.run(settings, full_refresh=True)
    assert len(alerts.posts) == 3  # after another version it is another event


def test_a_damaged_version_is_reported(alerts: Sink) -> None:
    settings = Settings.load()
    version = PublishedRuns(settings).publish()
    (version.directory / "manifest.json").chmod(0o600)
    (version.directory / "manifest.json").write_text("{")
    for _ in range(2):
        with pytest.raises(EngineError, match="manifest is damaged"):
            run.run(settings)
    (post,) = alerts.posts
    assert "manifest is damaged" in post["text"]


def test_a_version_that_is_overdue_is_reported_once(
    alerts: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    from journey import monitor
    from journey.monitor import notify
    from orchestration.defs.schedule import late_runs

    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance)
        assert late_runs(context).skip_message == "The newest version is recent enough."
        overdue = notify.Alert("late/v1", "No version was published for 31 hours.")
        monkeypatch.setattr(monitor, "late", lambda *_: overdue)
        for _ in range(2):
            assert late_runs(context).skip_message == overdue.sentence
    assert alerts.posts == [{"text": overdue.sentence}]


def test_a_run_out_of_its_expected_range_is_published_checked_and_reported_once(
    alerts: Sink, tmp_path: Path
) -> None:
    from orchestration.defs.metrics import metrics
    from orchestration.resources import Warehouse

    runs = PublishedRuns(Settings.load())
    runs.remember("conversion from look", [0.5] * 7)
    entries = ", ".join(f"('p{n}', 'look', 1, timestamp '2026-01-20')" for n in range(30))
    runs.publish(
        f"""insert into marts.stage_entries values {entries}, ('p0', 'buy', 2, '2026-01-20');
        insert into marts.data_quality by name
        select 'run1' as run_id, now() at time zone 'UTC' as run_at, 'delivery' as check_kind,
            'shop' as source, unnest(['delivered', 'quarantined']) as check_name,
            unnest([100, 20]) as observed;"""
    )
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            result = dg.materialize(
                [metrics], instance=instance, resources={"warehouse": Warehouse()}
            )
            assert result.success
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert {name: check.passed for name, check in checks.items()} == {
        "quarantine": False,
        "expected_range": False,
    }
    quarantine, moved = (post["text"] for post in alerts.posts)
    assert "20.0% of source shop (20 of 100 rows)" in quarantine
    assert "conversion from look is 3.3%, usually 49.0% to 51.0%" in moved
    assert checks["expected_range"].description == moved


def test_what_a_dead_run_did_not_report_is_reported_by_one_that_finds_nothing_new(
    alerts: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load()
    runs = PublishedRuns(settings)
    version = runs.publish(
        """insert into marts.data_quality by name
        select 'run1' as run_id, now() at time zone 'UTC' as run_at, 'delivery' as check_kind,
            'shop' as source, unnest(['delivered', 'quarantined']) as check_name,
            unnest([100, 20]) as observed;"""
    )
    monkeypatch.setattr(run.inputs, "state", lambda _: version.raw_state)
    monkeypatch.setattr(run.report, "described_version", lambda _: version.name)
    for _ in range(2):
        assert run.run(settings).version is None
    (post,) = alerts.posts
    assert "20.0% of source shop" in post["text"]
    assert (settings.metrics_dir / f"{version.name}.parquet").exists()


@pytest.mark.usefixtures("alerts")
def test_the_sensors_and_the_metrics_are_part_of_every_run() -> None:
    from orchestration.definitions import defs

    settings = Settings.load()
    give_parsed_project(settings.data_dir, settings.own_dir)
    repository = defs().get_repository_def()
    for name in ("failed_runs", "late_runs", "late_deliveries"):
        sensor = repository.get_sensor_def(name)
        assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    nightly = repository.get_job("nightly")
    metrics = dg.AssetKey(["published", "metrics"])
    assert metrics in nightly.asset_layer.executable_asset_keys
