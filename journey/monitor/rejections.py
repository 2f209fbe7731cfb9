"""Rejected files, and sources of which nothing loads or comes: one alert each, beside the log.

A run that publishes without a file is no failure, so it would go unnoticed otherwise.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from journey import ingest
from journey.core.settings import Settings
from journey.ingest import columns_seen
from journey.ingest.rejected import (
    Rejected,
    rejected_files,
    sources_without_any_row,
    sources_without_rows,
)
from journey.ingest.sources import Unreached
from journey.monitor import notify
from journey.monitor.notify import Alert
from journey.monitor.withdrawals import report_withdrawals

SHOWN_FILES = 3


def report_deliveries(settings: Settings) -> None:
    """Report what is amiss with what was delivered, after a run that published or found nothing."""
    report_rejections(settings)
    report_sources_without_files(settings)
    report_sources_without_any_row(settings)
    report_changed_columns(settings)
    report_withdrawals(settings)


def report_rejections(settings: Settings) -> None:
    """Report every run that rejected files which are still to be put right."""
    for alert in rejections(settings):
        notify.send(settings, alert)


def report_sources_without_files(settings: Settings) -> None:
    """Report, once, which sources of the settings never had a file."""
    missing = ingest.never_delivered(settings)
    if not missing:
        return
    named = ", ".join(f"'{source.name}' ({source.origin})" for source in missing)
    digest = hashlib.sha256(named.encode()).hexdigest()[:16]
    notify.send(
        settings,
        Alert(
            f"no_file/{digest}",
            f"No file was ever found of source {named}; see to its path in the settings, or to the "
            "export.",
        ),
    )


def report_unreached(settings: Settings, unreached: Iterable[Unreached]) -> None:
    """Report, once a day, each place that could not be read to the end."""
    today = datetime.now(UTC).date()
    for found in unreached:
        event = f"unreached/{'+'.join(found.sources)}/{today}"
        notify.send(settings, Alert(event, f"{found.sentence[:1].upper()}{found.sentence[1:]}."))


def report_sources_without_any_row(settings: Settings) -> None:
    """Report, once, each source whose files were all empty so far."""
    for source in sources_without_any_row(settings):
        notify.send(
            settings,
            Alert(
                f"no_row/{source}",
                f"The files of source '{source}' have all been empty so far, but for their "
                "headers; see to the export.",
            ),
        )


def report_changed_columns(settings: Settings) -> None:
    """Report, once each, that files of a source have other columns than those before them."""
    if not settings.ledger_path.exists():
        return
    for changed in columns_seen.changed_columns(settings):
        # Two exports that come by turns are two changes, not one each run.
        what = repr((changed.gone, changed.new)).encode()
        event = f"columns/{changed.source}/{hashlib.sha256(what).hexdigest()[:16]}"
        notify.send(
            settings,
            Alert(
                event,
                f"{changed.sentence[:1].upper()}{changed.sentence[1:]}. See to the export, and to "
                "the columns of the source in the settings where it is meant.",
            ),
        )


def rejections(settings: Settings) -> list[Alert]:
    """An alert for each run with rejected files, or with a source of which nothing was loaded."""
    if not settings.ledger_path.exists():
        return []
    by_run: dict[str, list[Rejected]] = {}
    for file in rejected_files(settings):
        by_run.setdefault(file.run_id, []).append(file)
    latest = ingest.latest_run_with_files(settings)
    if latest:
        by_run.setdefault(latest, [])
    alerts = []
    for run_id, files in by_run.items():
        sentences = []
        if files:
            reasons = "; ".join(file.reason for file in files[:SHOWN_FILES])
            more = len(files) - SHOWN_FILES
            sentences.append(
                f"{_count(len(files))} rejected, and what is published lacks "
                f"{'its' if len(files) == 1 else 'their'} rows: {reasons}"
                + (f"; and {more:,} more" if more > 0 else "")
            )
        sentences += [
            f"nothing of source '{source}' was loaded ({what})"
            for source, what in sources_without_rows(settings, run_id).items()
        ]
        if sentences:
            said = ". ".join(sentence[:1].upper() + sentence[1:] for sentence in sentences)
            alerts.append(
                Alert(
                    f"rejected/{run_id}",
                    f"Run {run_id[:8]}: {said}. Look at `journey status`, fix what was delivered "
                    "and deliver it again.",
                )
            )
    return alerts


def _count(files: int) -> str:
    return "1 file was" if files == 1 else f"{files:,} files were"
