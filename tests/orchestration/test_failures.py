"""Why a run failed, by the events that were kept of it."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from journey.core.checks import Check
from journey.core.errors import ConfigurationError, DataError, EngineError
from journey.core.settings import Settings
from journey.ingest.ledger import Ledger
from orchestration import failures
from tests.monitor.conftest import PublishedRuns

RUN = "0123456789abcdef"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    return Settings.load(config, tmp_path / "data")


def event(*errors: tuple[str, str], step: str | None = "raw__orders") -> SimpleNamespace:
    """A step's failure, its error and then the causes of it."""
    error = None
    for kind, message in reversed(errors):
        error = SimpleNamespace(cls_name=kind, message=f"{kind}: {message}\n", cause=error)
    return SimpleNamespace(
        is_step_failure=step is not None,
        event_type_value="STEP_FAILURE" if step else "PIPELINE_FAILURE",
        event_specific_data=SimpleNamespace(error=error),
        step_key=step,
    )


CALM = SimpleNamespace(is_step_failure=False, event_type_value="STEP_SUCCESS")
WRAPPED = ("DagsterExecutionStepExecutionError", "Error occurred while executing op")


@pytest.mark.parametrize("kind", [ConfigurationError, DataError, EngineError])
def test_an_error_of_ours_is_found_below_those_of_the_orchestrator(settings, kind) -> None:
    failed = event(WRAPPED, (f"{kind.__name__}", "the key: is short; fix it"))
    error = failures.explain(settings, RUN, [CALM, failed])
    assert type(error) is kind
    assert str(error) == "the key: is short; fix it"


def test_a_failed_gate_names_the_checks_and_the_pages(settings) -> None:
    failed = [
        Check("raw/orders", f"check_{n}", "critical", False, 1.0, "", 1, 2, "") for n in range(5)
    ]
    warned = Check("raw/orders", "only_a_warning", "warning", False, 1.0, "", 1, 2, "")
    Ledger(settings).record_checks(RUN, [warned, *failed])
    error = failures.explain(settings, RUN, [event(("DagsterAssetCheckFailedError", "1 failed"))])
    assert isinstance(error, DataError)
    assert "raw/orders check_0; raw/orders check_1; raw/orders check_2 and 2 more" in str(error)
    assert "docs/checks.html" in str(error)
    assert "only_a_warning" not in str(error)


def test_a_full_disk_is_reported_by_its_step_and_without_addresses(settings) -> None:
    failed = event(WRAPPED, ("OSError", "[Errno 28] No space left on device: 'ann@example.com'"))
    error = failures.explain(settings, RUN, [failed])
    assert isinstance(error, EngineError)
    assert "raw__orders: [Errno 28] No space left on device" in str(error)
    assert "see that the disk has room" in str(error)
    assert "ann@example.com" not in str(error)


@pytest.mark.parametrize("kind", ["OutOfMemoryException", "MemoryError"])
def test_memory_that_ran_out_names_its_setting_and_not_the_disk(settings, kind: str) -> None:
    said = "Out of Memory Error: failed to pin block" if kind != "MemoryError" else ""
    error = failures.explain(settings, RUN, [event(WRAPPED, (kind, said))])
    assert "memory_limit" in str(error)
    assert "disk" not in str(error)


def test_a_model_for_which_memory_ran_out_names_the_setting(settings) -> None:
    node = {"unique_id": "model.journey.touchpoints", "status": "error"}
    node["message"] = "Runtime Error in model touchpoints\n  Out of Memory Error: failed to pin"
    settings.dbt_target_dir.mkdir(parents=True, exist_ok=True)
    path = settings.dbt_target_dir / "run_results.json"
    path.write_text(json.dumps({"results": [node]}))
    failed = event(("DagsterDbtCliRuntimeError", "dbt failed"))
    assert "could not build touchpoints, since memory ran out" in str(
        failures.explain(settings, RUN, [failed])
    )
    assert "raise memory_limit" in str(failures.explain(settings, RUN, [failed]))
    node["message"] = "Runtime Error in model touchpoints\n  Binder Error: no such column"
    path.write_text(json.dumps({"results": [node]}))
    assert "memory_limit" not in str(failures.explain(settings, RUN, [failed]))


@pytest.mark.parametrize(
    "message",
    [
        'IO Error: Could not read "zebulon quartermain" of row 7: 07700 900123',
        "Out of Memory Error: could not sort 'zebulon quartermain 07700 900123'",
    ],
)
def test_a_failure_of_the_database_is_reported_without_values(settings, message: str) -> None:
    failed = event(WRAPPED, ("IOException", message))
    said = str(failures.explain(settings, RUN, [failed]))
    assert message.partition(": ")[2].split()[0].lower() in said.lower()
    for canary in ("zebulon", "quartermain", "07700", "900123"):
        assert canary not in said


DBT_FAILED = ("DagsterDbtCliRuntimeError", "The dbt CLI process failed")


def dbt_results(settings: Settings, *statuses: str) -> None:
    settings.dbt_target_dir.mkdir(parents=True)
    results = [
        {"status": status, "unique_id": f"model.journey.{status}_{n}"}
        for n, status in enumerate(statuses)
    ]
    path = settings.dbt_target_dir / "run_results.json"
    path.write_text(json.dumps({"results": results}))


def test_a_dbt_that_died_is_no_failed_check(settings) -> None:
    error = failures.explain(settings, RUN, [event(DBT_FAILED)])
    assert isinstance(error, EngineError)
    assert "dbt ended without a result" in str(error)
    dbt_results(settings, "success", "skipped")
    error = failures.explain(settings, RUN, [event(DBT_FAILED)])
    assert isinstance(error, EngineError)
    assert "dbt ended without a result" in str(error)
    (settings.dbt_target_dir / "run_results.json").write_text('{"results": [')
    assert "without a result" in str(failures.explain(settings, RUN, [event(DBT_FAILED)]))


def test_what_dbt_said_when_it_could_not_begin_is_of_this_run_alone(settings) -> None:
    settings.dbt_target_dir.mkdir(parents=True)
    log = settings.dbt_target_dir / "dbt.log"
    of_before = "02:00:00  Running with dbt=1.11\n02:00:01  Encountered an error:\nOld Error\n"
    log.write_text(of_before + "02:00:00  Running with dbt=1.11\n")
    assert "as where it was killed" in str(failures.explain(settings, RUN, [event(DBT_FAILED)]))
    with log.open("a") as file:
        file.write("02:00:01  Encountered an error:\nIO Error\n  No magic: ann@example.com\n")
    said = str(failures.explain(settings, RUN, [event(DBT_FAILED)]))
    assert "without a result, IO Error No magic: [address]; readers keep" in said
    with log.open("a") as file:
        file.write("02:00:00  Running with dbt=1.11\n02:00:01  Encountered an error:\n")
        file.write("Runtime Error\n  Could not convert string 'zebulon 07700 900123' to INT32\n")
    said = str(failures.explain(settings, RUN, [event(DBT_FAILED)]))
    assert "without a result, Runtime Error Could not convert string '…' to INT32; re" in said


@pytest.mark.parametrize(
    ("statuses", "kind", "named"),
    [
        (("success", "fail"), DataError, "dbt tests failed: fail_1"),
        (("fail", "error"), EngineError, "dbt could not build error_1"),
    ],
)
def test_the_results_of_dbt_distinguish_a_failed_check_from_a_failure(
    settings, statuses, kind, named
) -> None:
    dbt_results(settings, *statuses)
    error = failures.explain(settings, RUN, [event(DBT_FAILED)])
    assert isinstance(error, kind)
    assert named in str(error)


def test_a_build_begins_without_the_results_of_another_run(settings, monkeypatch) -> None:
    from orchestration.defs import marts

    class StoppedError(Exception):
        pass

    def stop(_: str) -> None:
        raise StoppedError

    dbt_results(settings, "success")
    monkeypatch.setattr(marts.inputs, "write", lambda *_: None)
    monkeypatch.setattr(marts.failpoints, "point", stop)
    warehouse = SimpleNamespace(settings=settings, full_rebuild=False, full_refresh=False)
    run = SimpleNamespace(run_id=RUN), None, warehouse, Path()
    with pytest.raises(StoppedError):
        next(marts.build(*run))
    assert list(settings.dbt_target_dir.iterdir()) == []


def test_an_error_without_words_names_its_step_and_no_value(settings) -> None:
    error = failures.explain(settings, RUN, [event(("KeyError", "ann@example.com"))])
    assert "failed at raw__orders" in str(error)
    assert "ann@example.com" not in str(error)


def test_a_run_that_died_says_so(settings) -> None:
    error = failures.explain(settings, RUN, [CALM, event(step=None)])
    assert "died without a word" in str(error)
    assert "journey run" in str(error)


def test_a_failure_is_one_event_however_many_steps_failed(settings) -> None:
    events = [event(("DataError", "first")), event(("DataError", "second"))]
    alert = failures.alert_of(settings, failures.explain(settings, RUN, events))
    assert (alert.event, alert.sentence) == (
        f"run/{RUN}",
        "Run 01234567 published nothing: first",
    )


def test_a_run_that_failed_after_it_published_says_that_it_did(settings) -> None:
    runs = PublishedRuns(settings)
    before, version = runs.publish(), runs.publish()
    full = event(WRAPPED, ("OSError", "[Errno 28] No space left on device"), step="report")
    error = failures.explain(settings, version.run_id, [full])
    assert f"version {version.name} is published; see that the disk has room" in str(error)
    alert = failures.alert_of(settings, error)
    assert alert.event == f"run/{version.run_id}"
    assert alert.sentence == f"Version {version.name} is published, but its run failed: {error}"
    of_next = failures.explain(settings, "next", [full])
    assert "readers keep the last version" in str(of_next)
    assert "published nothing" in failures.alert_of(settings, of_next).sentence
    (before.directory / "manifest.json").chmod(0o600)
    (before.directory / "manifest.json").write_text("{")
    assert "No space left" in str(failures.explain(settings, version.run_id, [full]))
