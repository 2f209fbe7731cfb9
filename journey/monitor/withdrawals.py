"""Rows that a path held before and that nothing gives any more: reported once a run.

A run that publishes without them is no failure, so it would go unnoticed otherwise.
"""

from datetime import UTC, datetime, timedelta

from journey.core.settings import Settings
from journey.ingest.ledger import Ledger
from journey.ingest.withdrawals import Withdrawn
from journey.monitor import notify
from journey.monitor.notify import Alert

# A run that died reported nothing, so the next ones report it; a channel that is set up later does
# not begin with what is long past.
REPORTED_DAYS = 7


def report_withdrawals(settings: Settings) -> None:
    """Report every run of these days that let rows go."""
    if not settings.ledger_path.exists():
        return
    since = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=REPORTED_DAYS)
    by_run: dict[str, list[Withdrawn]] = {}
    for gone in Ledger(settings).withdrawn(since=since):
        by_run.setdefault(gone.run_id, []).append(gone)
    for run_id, listed in by_run.items():
        said = "; ".join(gone.sentence for gone in listed)
        notify.send(
            settings, Alert(f"withdrawn/{run_id}", f"Run {run_id[:8]}: {said}. {Withdrawn.advice}")
        )
