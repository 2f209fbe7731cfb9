"""Why a run failed, from the events that Dagster kept of it: an error of ours, in one sentence.

Reads events by their attributes, whatever collected them; the ledger and dbt add the rest.
"""

import builtins
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from journey import ingest, publish
from journey.core import memory, stopping
from journey.core.errors import (
    ConfigurationError,
    DataError,
    EngineError,
    JourneyError,
    StoppedError,
)
from journey.core.redaction import without_values
from journey.core.settings import Settings
from journey.ingest.addresses import without_addresses
from journey.monitor.notify import Alert

OURS = {kind.__name__: kind for kind in (ConfigurationError, DataError, EngineError)}
OF_DUCKDB = ("IOException", "OutOfMemoryException")
SHOWN_CHECKS = 3
LONGEST_WORDS = 400


def alert_of(settings: Settings, error: JourneyError) -> Alert:
    """The alert of a run that failed: once a run, or once a version where there was no run."""
    if error.run_id is None:
        digest = hashlib.sha256(str(error).encode()).hexdigest()[:16]
        return Alert(
            f"run/{publish.current_name(settings)}/{digest}", f"A run did not start: {error}"
        )
    version = _published_by(settings, error.run_id)
    if version:
        sentence = f"Version {version} is published, but its run failed: {error}"
    else:
        sentence = f"Run {error.run_id[:8]} published nothing: {error}"
    return Alert(f"run/{error.run_id}", sentence)


def explain(settings: Settings, run_id: str, events: Iterable[Any]) -> JourneyError:
    """The first failure of a run as an error of ours, which names the run."""
    error = _first(settings, run_id, events)
    error.run_id = run_id
    return error


def stopped(settings: Settings, run_id: str) -> StoppedError:
    """A run that a signal ended, and what readers see after it."""
    return stopping.stopped(
        f"{_what_readers_see(settings, run_id)}; run `journey run` to do what is left"
    )


def _first(settings: Settings, run_id: str, events: Iterable[Any]) -> JourneyError:
    seen = _what_readers_see(settings, run_id)
    step, is_told = "its start", False
    for event in events:
        if not (event.is_step_failure or event.event_type_value == "PIPELINE_FAILURE"):
            continue
        error = event.event_specific_data.error
        step = event.step_key or step
        is_told = is_told or error is not None
        while error is not None:
            explained = _explain(settings, run_id, step, error)
            if explained:
                return explained
            error = error.cause
    if not is_told:
        return EngineError(f"it died without a word; {seen}; run `journey run` to do it again")
    return EngineError(
        f"it failed at {step} in a way that it has no words for; {seen}; "
        f"read {settings.logs_dir / 'run.log'}, or the run in the catalogue"
    )


def _explain(settings: Settings, run_id: str, step: str, error: Any) -> JourneyError | None:
    """One error of the chain of causes, where it is one that we have words for."""
    lines = error.message.split(":", 1)[-1].strip().splitlines()
    sentence = lines[0] if lines else ""
    if error.cls_name == "DagsterAssetCheckFailedError":
        return _blocked(settings, run_id)
    if error.cls_name == "DagsterDbtCliRuntimeError":
        return _dbt_failure(settings)
    if error.cls_name in OURS:
        return OURS[error.cls_name](sentence)
    known = getattr(builtins, error.cls_name or "", None)
    is_of_system = isinstance(known, type) and issubclass(known, OSError | MemoryError)
    if is_of_system or error.cls_name in OF_DUCKDB:
        said = _private(sentence) if sentence else "memory ran out"
        fix = memory.advice(
            f"{error.cls_name}: {said}",
            f"see that the disk has room and that {settings.data_dir} can be written",
        )
        return EngineError(
            f"{step}: {said}; {_what_readers_see(settings, run_id)}; {fix}, and run again"
        )
    return None


def _what_readers_see(settings: Settings, run_id: str) -> str:
    version = _published_by(settings, run_id)
    return f"version {version} is published" if version else "readers keep the last version"


def _published_by(settings: Settings, run_id: str) -> str | None:
    """The version that this run published before it failed, if it came so far."""
    try:
        shown = publish.shown(settings)
    except EngineError:  # a damaged version, which is reported where it is in the way
        return None
    return next((version.name for version in shown if version.run_id == run_id), None)


def _blocked(settings: Settings, run_id: str) -> DataError:
    failed = [
        check
        for check in ingest.checks_of(settings, run_id)
        if not check.is_passed and check.severity == "critical"
    ]
    named = "; ".join(f"{check.asset} {check.check_name}" for check in failed[:SHOWN_CHECKS])
    more = f" and {len(failed) - SHOWN_CHECKS} more" if len(failed) > SHOWN_CHECKS else ""
    return DataError(
        f"a blocking check failed: {named}{more}; readers keep the last published version; look at "
        f"{settings.checks_page}, fix the cause and run again"
    )


def _dbt_failure(settings: Settings) -> JourneyError:
    results = _dbt_results(settings)
    errors = [r for r in results if r["status"] in ("error", "runtime error")]
    if errors:
        node = errors[0]["unique_id"].split(".")[2]
        log = f"read {settings.dbt_target_dir / 'dbt.log'}"
        fix = memory.advice(errors[0].get("message") or "", "")
        why = f"dbt could not build {node}" + (", since memory ran out" if fix else "")
        return EngineError(f"{why}; readers keep the last version; {fix or log}")
    failures = [r["unique_id"].split(".")[2] for r in results if r["status"] == "fail"]
    if not failures:
        why = _last_words(settings) or "as where it was killed or memory ran out"
        return EngineError(
            f"dbt ended without a result, {why}; readers keep the last version; read "
            f"{settings.dbt_target_dir / 'dbt.log'}, lower memory_limit where the machine has less "
            "memory than that for it, and run again"
        )
    return DataError(
        f"dbt tests failed: {', '.join(failures[:SHOWN_CHECKS])}; readers keep the last "
        f"published version; its rows are listed in {settings.dbt_target_dir / 'dbt.log'}"
    )


def _last_words(settings: Settings) -> str | None:
    """What dbt said where it could not begin, such as which file it cannot read."""
    log = settings.dbt_target_dir / "dbt.log"
    said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    words = said.rpartition("Running with dbt=")[2].partition("Encountered an error:")[2]
    return _private(" ".join(words.split()))[:LONGEST_WORDS] if words.strip() else None


def _private(words: str) -> str:
    """A tool's words, without a value or an address that they quote."""
    return without_addresses(without_values(words))


def _dbt_results(settings: Settings) -> list[dict[str, Any]]:
    """What dbt wrote of this run; nothing where it died before it had written all of it."""
    try:
        return json.loads((settings.dbt_target_dir / "run_results.json").read_text())["results"]
    except (FileNotFoundError, ValueError):
        return []
