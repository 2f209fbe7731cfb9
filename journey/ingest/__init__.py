"""Ingest: what tools delivered becomes flat, typed, checked rows in the raw layer.

A run plans (`plan`), prepares what is new of a kind (`prepare`), has a gate judge the pending
files, and commits or discards them:

    with ingest.prepare(settings, "orders", run_id=run_id) as pending:
        ...judge pending.files...
        pending.commit()

Knows no orchestrator, and no mart. What rows mean is SQL: `contracts/` and `formats/` here, models
in dbt_project/.
"""

import hashlib
from collections.abc import Iterable
from datetime import date

from journey.core.checks import Check
from journey.core.settings import Settings
from journey.ingest import email_key
from journey.ingest.ledger import Ledger
from journey.ingest.loader import prepare
from journey.ingest.outcomes import FileResult
from journey.ingest.pending import PendingLoad
from journey.ingest.planning.fingerprints import fingerprint_of
from journey.ingest.planning.full_refresh import reset
from journey.ingest.planning.landing import Delivery
from journey.ingest.planning.plan import Plan, is_ended, never_delivered, plan, plan_of_run
from journey.ingest.quality import export_quality
from journey.ingest.raw_layer import (
    ensure_contract_files,
    require_ledger,
    require_raw,
    row_count,
    sweep,
)
from journey.ingest.rejected import rejected_and_there

__all__ = [
    "Delivery",
    "FileResult",
    "Ledger",
    "PendingLoad",
    "Plan",
    "checks_of",
    "ensure_contract_files",
    "export_quality",
    "fingerprint",
    "is_ended",
    "latest_event_date",
    "latest_run_with_files",
    "loaded_state",
    "never_delivered",
    "plan",
    "plan_of_run",
    "prepare",
    "record_checks",
    "rejected_and_there",
    "require_email_key",
    "require_ledger",
    "require_raw",
    "reset",
    "row_count",
    "sweep",
]


def latest_event_date(settings: Settings) -> date | None:
    """The latest event date of any row that was kept; None before the first load."""
    return Ledger(settings).latest_event_date()


def require_email_key(settings: Settings) -> None:
    """Raise ConfigurationError where the key for addresses is not the warehouse's own."""
    email_key.require(settings, Ledger(settings))


def latest_run_with_files(settings: Settings) -> str | None:
    """The run that took the last load; None before the first."""
    return Ledger(settings).latest_run_with_files()


def loaded_state(settings: Settings) -> str:
    """A fingerprint of all that is loaded: equal when the same files are."""
    return hashlib.sha256(Ledger(settings).loaded_state().encode()).hexdigest()


def fingerprint(settings: Settings, deliveries: Iterable[Delivery]) -> str:
    """A fingerprint of some deliveries and of how they are read, whatever their order."""
    contents = sorted(
        f"{' '.join(map(str, delivery.place))} {delivery.sha256} "
        f"{delivery.fingerprint(fingerprint_of(settings, delivery.source))}"
        for delivery in deliveries
    )
    return hashlib.sha256("\n".join(contents).encode()).hexdigest()


def record_checks(settings: Settings, run_id: str, results: Iterable[Check]) -> None:
    """Keep the outcomes of expectations in the ledger."""
    Ledger(settings).record_checks(run_id, results)


def checks_of(settings: Settings, run_id: str) -> list[Check]:
    """The outcomes that were recorded for a run."""
    return [check for _, check in Ledger(settings).checks_of(run_id)]
