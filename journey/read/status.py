"""What `journey status` shows, as plain values: versions, freshness, the last run, quarantine.

Read from the ledger and from the published manifests, which runs in progress do not block. How it
looks is `show.py`'s.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from journey import publish
from journey.core import lock, privacy
from journey.core.checks import Check
from journey.core.settings import Settings
from journey.ingest.ledger import Ledger
from journey.ingest.pending import COUNTS
from journey.ingest.raw_layer import rows_by_source
from journey.ingest.rejected import rejected_files


@dataclass(frozen=True)
class VersionLine:
    """One kept version."""

    name: str
    is_current: bool
    as_of: datetime
    published_at: datetime
    run_id: str
    rows: int


@dataclass(frozen=True)
class SourceLine:
    """How recent one source is. Null dates: nothing of it was ever loaded."""

    source: str
    kind: str
    files: int
    rows: int | None  # unknown where a file of raw is damaged
    delivered_on: date | None
    last_event_date: date | None
    days_behind: int | None  # the newest event of any source


@dataclass(frozen=True)
class RunLine:
    """The last run that the ledger knows, and how far it came."""

    run_id: str
    started_at: datetime
    result: str
    files: int  # of which rows could be taken
    rejected_files: int
    delivered: int
    loaded: int
    duplicate: int
    restated: int
    quarantined: int
    forgotten: int
    withdrawn: int
    failures: tuple[Check, ...]
    warnings: tuple[Check, ...]


@dataclass(frozen=True)
class QuarantineLine:
    """Rows in quarantine for one reason, with one example in words."""

    kind: str
    source: str
    reason: str
    rows: int
    files: int
    example: str


@dataclass(frozen=True)
class RejectedFile:
    """A file that could not be read at all, and why."""

    source: str
    kind: str
    file_name: str
    reason: str


@dataclass(frozen=True)
class Status:
    """The state of one warehouse."""

    versions: tuple[VersionLine, ...]
    sources: tuple[SourceLine, ...]
    last_run: RunLine | None
    quarantine: tuple[QuarantineLine, ...]
    rejected_files: tuple[RejectedFile, ...]
    wide: tuple[str, ...] = ()  # what every user of this machine may look into
    writing_since: datetime | None = None  # a process writes to the warehouse now, such as a run

    @property
    def current(self) -> VersionLine | None:
        return next((version for version in self.versions if version.is_current), None)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; instants and dates are still values of their own."""
        return asdict(self)


def read_status(settings: Settings) -> Status:
    """The state of the warehouse; an empty one where nothing has happened yet."""
    held = lock.holder(settings)
    since = held.since if held else None
    versions = _versions(settings)
    wide = tuple(privacy.wide(settings))
    if not settings.ledger_path.exists():
        return Status(versions, _sources(settings, None, []), None, (), (), wide, since)
    ledger = Ledger(settings)
    files = ledger.file_results()
    return Status(
        versions=versions,
        sources=_sources(settings, ledger, files),
        last_run=_last_run(settings, ledger, since),
        quarantine=_quarantine(ledger.quarantined(is_standing=True)),
        rejected_files=tuple(
            RejectedFile(file.source, file.kind, file.file_name, file.reason)
            for file in rejected_files(settings)
        ),
        wide=wide,
        writing_since=since,
    )


def _versions(settings: Settings) -> tuple[VersionLine, ...]:
    current = publish.current(settings)
    return tuple(
        VersionLine(
            name=version.name,
            is_current=current is not None and version.name == current.name,
            as_of=version.as_of,
            published_at=version.published_at,
            run_id=version.run_id,
            rows=sum(version.row_counts.values()),
        )
        for version in reversed(publish.versions(settings))
    )


def _sources(
    settings: Settings, ledger: Ledger | None, files: list[dict[str, Any]]
) -> tuple[SourceLine, ...]:
    files = [f for f in files if f["status"] == "loaded" and f["replaced_by"] is None]
    latest = _latest(files, "last_event_date")
    rows = rows_by_source(settings, ledger)
    lines = []
    for source in settings.sources:
        own = [file for file in files if file["source"] == source.name]
        event_date = _latest(own, "last_event_date")
        lines.append(
            SourceLine(
                source=source.name,
                kind=source.kind,
                files=len(own),
                rows=None if rows is None else rows.get(source.name, 0),
                delivered_on=_latest(own, "delivered_on"),
                last_event_date=event_date,
                days_behind=(latest - event_date).days if latest and event_date else None,
            )
        )
    return tuple(lines)


def _last_run(settings: Settings, ledger: Ledger, since: datetime | None) -> RunLine | None:
    runs = ledger.runs()
    if not runs:
        return None
    run_id, began = list(runs.items())[-1]
    started_at = began.replace(tzinfo=UTC)
    files = ledger.file_results(run_id)
    failed = [check for _, check in ledger.checks_of(run_id) if not check.is_passed]
    failures = tuple(check for check in failed if check.is_blocking)
    rejected = sum(file["status"] == "rejected" for file in files)
    is_published = any(version.run_id == run_id for version in publish.versions(settings))
    if since and started_at >= since:
        result = "running"
    else:
        result = "published" if is_published else "failed" if failures else "not finished"
    return RunLine(
        run_id=run_id,
        started_at=started_at,
        result=result,
        files=len(files) - rejected,
        rejected_files=rejected,
        **{outcome: sum(file[outcome] for file in files) for outcome in COUNTS},
        withdrawn=sum(gone.rows for gone in ledger.withdrawn(run_id)),
        failures=failures,
        warnings=tuple(check for check in failed if not check.is_blocking),
    )


def _quarantine(rows: Iterable[dict[str, Any]]) -> tuple[QuarantineLine, ...]:
    lines: dict[tuple[str, str, str], QuarantineLine] = {}
    for row in rows:
        key = (row["kind"], row["source"], row["reason"])
        before = lines.get(key)
        lines[key] = QuarantineLine(
            *key,
            rows=row["rows"] + (before.rows if before else 0),
            files=1 + (before.files if before else 0),
            example=before.example if before else row["example"],
        )
    return tuple(sorted(lines.values(), key=lambda line: (-line.rows, line.kind, line.reason)))


def _latest(files: list[dict[str, Any]], column: str) -> date | None:
    days = [file[column] for file in files if file[column]]
    return date.fromisoformat(max(days)) if days else None
