"""What has been delivered, and what became of it: `ledger.sqlite`.

The only module that knows the ledger's tables. It remembers files by source and SHA-256, loads,
quarantined rows by reason, and the outcome of every check; it holds counts and names, and of rows
only one offending value per file and reason.
"""

import contextlib
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from journey.core.errors import EngineError
from journey.core.settings import Settings
from journey.ingest import machine
from journey.ingest.inspection import cannot_open, digest
from journey.ingest.landing import Delivery, stamp_of

BUSY_SECONDS = 30
# A file changed within this time may change again without its time stamp showing it.
SETTLED_SECONDS = 2

SCHEMA = """
create table if not exists arrivals (
    source text not null, sha256 text not null, first_seen text not null,
    primary key (source, sha256)
);
create table if not exists digests (
    path text primary key, stamp text not null, sha256 text not null
);
create table if not exists runs (run_id text primary key, started_at text not null);
create table if not exists files (
    source text not null, sha256 text not null, kind text not null, file_name text not null,
    delivered_on text, status text not null check (status in ('loaded', 'refused')),
    reason text, fingerprint text not null, records integer not null, delivered integer not null,
    loaded integer not null, duplicate integer not null, restated integer not null,
    quarantined integer not null, first_event_date text, last_event_date text,
    load_id integer not null, run_id text not null, finished_at text not null,
    primary key (source, sha256)
);
create table if not exists quarantine (
    source text not null, sha256 text not null, reason text not null, rows integer not null,
    example text not null, primary key (source, sha256, reason)
);
create table if not exists loads (
    kind text not null, load_id integer not null, run_id text not null,
    committed_at text not null, primary key (kind, load_id)
);
create table if not exists checks (
    run_id text not null, asset text not null, check_name text not null, severity text not null,
    is_passed integer not null, observed real, expected text, unexpected_count integer,
    element_count integer, detail text not null, checked_at text not null
);
create index if not exists checks_by_run on checks (run_id);
"""


@dataclass(frozen=True)
class FileResult:
    """What became of one delivered file. `delivered` is the sum of the four after it."""

    source: str
    kind: str
    file_name: str
    sha256: str
    delivered_on: date | None
    status: str
    fingerprint: str
    reason: str | None = None
    records: int = 0
    delivered: int = 0
    loaded: int = 0
    duplicate: int = 0
    restated: int = 0
    quarantined: int = 0
    first_event_date: date | None = None
    last_event_date: date | None = None
    quarantine_reasons: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """The outcome of one expectation in one run."""

    asset: str
    check_name: str
    severity: str
    is_passed: bool
    observed: float | None
    expected: str
    unexpected_count: int | None
    element_count: int | None
    detail: str


class Ledger:
    """The ledger of one warehouse. Every method is one transaction."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.ledger_path
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            connection.executescript(SCHEMA)

    # What is known.

    def known_files(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Status and fingerprint of every file, by source and digest."""
        rows = self._all("select source, sha256, status, fingerprint from files")
        return {(source, sha256): (status, found) for source, sha256, status, found in rows}

    def contents_loaded(self, source: str) -> dict[str, int]:
        """How many different contents of each path of a source have been loaded."""
        return dict(
            self._all(
                "select file_name, count(*) from files where source = ? and status = 'loaded'"
                " group by file_name",
                (source,),
            )
        )

    def load_ids(self, kind: str) -> set[int]:
        """Loads of a kind that were committed."""
        rows = self._all("select load_id from loads where kind = ?", (kind,))
        return {load_id for (load_id,) in rows}

    def latest_event_date(self) -> date | None:
        """The latest event date of any row that was ever kept."""
        latest = self._one("select max(last_event_date) from files where status = 'loaded'")[0]
        return date.fromisoformat(latest) if latest else None

    def loaded_state(self) -> str:
        """All that is loaded, in one line: equal when the same files are."""
        rows = self._all(
            "select kind, source, sha256, file_name, delivered_on from files"
            " where status = 'loaded' order by 1, 2, 3, 4"
        )
        return json.dumps(rows)

    def file_results(self, run_id: str | None = None) -> list[dict[str, Any]]:
        """The files of a run (of all, without one), in the order in which they were finished."""
        where = "" if run_id is None else "where run_id = ?"
        with self._open() as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(
                f"select * from files {where} order by finished_at, file_name",
                () if run_id is None else (run_id,),
            )
            return [dict(row) for row in rows]

    def quarantined(self, run_id: str | None = None) -> list[dict[str, Any]]:
        """Rows in quarantine by run, source, file and reason, with one example each."""
        where = "" if run_id is None else "where files.run_id = ?"
        with self._open() as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(
                f"""select files.run_id, files.kind, files.source, files.file_name,
                    quarantine.reason, quarantine.rows, quarantine.example
                from quarantine
                inner join files
                    on quarantine.source = files.source and quarantine.sha256 = files.sha256
                {where} order by 1, 2, 3, 4, 5""",
                () if run_id is None else (run_id,),
            )
            return [dict(row) for row in rows]

    def checks_of(self, run_id: str | None = None) -> list[tuple[str, Check]]:
        """Run and check of every outcome recorded (of one run), in the order of recording."""
        where = "" if run_id is None else "where run_id = ?"
        rows = self._all(
            "select run_id, asset, check_name, severity, is_passed, observed, expected,"
            f" unexpected_count, element_count, detail from checks {where} order by rowid",
            () if run_id is None else (run_id,),
        )
        return [
            (run, Check(asset, check, severity, bool(is_passed), *rest))
            for run, asset, check, severity, is_passed, *rest in rows
        ]

    def runs(self) -> dict[str, datetime]:
        """When each run began."""
        rows = self._all("select run_id, started_at from runs order by started_at, run_id")
        return {run_id: datetime.fromisoformat(started) for run_id, started in rows}

    # What is remembered.

    def identify(self, deliveries: Sequence[Delivery], today: date) -> list[Delivery]:
        """The deliveries with their content's digest, and a date where their name has none.

        Digests are remembered by path, size and time stamps, so that known files are not read. One
        that cannot be read is told by its stamp until it can: then it is new.
        """
        with self._open() as connection:
            digests = {
                path: (stamp, sha256)
                for path, stamp, sha256 in connection.execute("select * from digests")
            }
        found, fresh = [], {}
        for delivery in deliveries:
            path, stamp = str(delivery.path), ""
            try:
                stamp = stamp_of(delivery.path)
                if path in digests and digests[path][0] == stamp:
                    found.append((delivery, *digests[path]))
                    continue
                found.append((delivery, stamp, digest(delivery.path)))
                changed = os.stat(delivery.path).st_ctime
                if stamp_of(delivery.path) == stamp and time.time() - changed > SETTLED_SECONDS:
                    fresh[path] = found[-1][1:]
            except OSError as error:
                if machine.is_gone(error, delivery.path):
                    continue  # taken away since it was found
                if not machine.is_of_file(error, delivery.path):
                    raise machine.stopped(f"raw/{delivery.kind}", error) from error
                unread = hashlib.sha256(os.fsencode(f"{path} {stamp}")).hexdigest()
                found.append((delivery.with_fault(cannot_open(error)), stamp, unread))
        undated = {
            (delivery.source.name, sha256)
            for delivery, _, sha256 in found
            if delivery.delivered_on is None
        }
        with self._open() as connection:
            connection.executemany(
                "insert or replace into digests values (?, ?, ?)",
                [(path, *values) for path, values in fresh.items()],
            )
            connection.executemany(
                "insert or ignore into arrivals values (?, ?, ?)",
                [(source, sha256, today.isoformat()) for source, sha256 in sorted(undated)],
            )
            arrivals = {
                (source, sha256): date.fromisoformat(first_seen)
                for source, sha256, first_seen in connection.execute("select * from arrivals")
            }
        return [
            delivery.identified(
                sha256, stamp, delivery.delivered_on or arrivals[delivery.source.name, sha256]
            )
            for delivery, stamp, sha256 in found
        ]

    def begin_run(self, run_id: str) -> None:
        with self._open() as connection:
            connection.execute("insert or ignore into runs values (?, ?)", (run_id, _now()))

    def commit_load(
        self, kind: str, load_id: int, run_id: str, results: Iterable[FileResult]
    ) -> None:
        """Everything about one load, or nothing."""
        now = _now()
        with self._open() as connection:
            connection.execute(
                "insert into loads values (?, ?, ?, ?)", (kind, load_id, run_id, now)
            )
            for result in results:
                connection.execute(
                    f"insert or replace into files values ({', '.join('?' * 19)})",
                    (
                        result.source,
                        result.sha256,
                        result.kind,
                        result.file_name,
                        _iso(result.delivered_on),
                        result.status,
                        result.reason,
                        result.fingerprint,
                        result.records,
                        result.delivered,
                        result.loaded,
                        result.duplicate,
                        result.restated,
                        result.quarantined,
                        _iso(result.first_event_date),
                        _iso(result.last_event_date),
                        load_id,
                        run_id,
                        now,
                    ),
                )
                connection.execute(
                    "delete from quarantine where source = ? and sha256 = ?",
                    (result.source, result.sha256),
                )
                connection.executemany(
                    "insert into quarantine values (?, ?, ?, ?, ?)",
                    [
                        (result.source, result.sha256, reason, rows, result.examples[reason])
                        for reason, rows in result.quarantine_reasons.items()
                    ],
                )

    def record_checks(self, run_id: str, results: Iterable[Any]) -> None:
        """Keep the outcomes of expectations: anything with the attributes of Check."""
        now = _now()
        with self._open() as connection:
            connection.execute("insert or ignore into runs values (?, ?)", (run_id, now))
            connection.executemany(
                f"insert into checks values ({', '.join('?' * 11)})",
                [
                    (
                        run_id,
                        result.asset,
                        result.check_name,
                        result.severity,
                        result.is_passed,
                        result.observed,
                        result.expected,
                        result.unexpected_count,
                        result.element_count,
                        result.detail,
                        now,
                    )
                    for result in results
                ],
            )

    def forget_loads(self) -> None:
        """Know no file any more. When files were first seen, and past checks, stay known."""
        with self._open() as connection:
            for table in ("files", "quarantine", "loads"):
                connection.execute(f"delete from {table}")

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS)
            try:
                with connection:
                    yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise EngineError(
                f"{self.path}: the ledger cannot be used ({error}); see that the disk has room and "
                "that nothing else holds the file, and run again"
            ) from error

    def _one(self, query: str, values: tuple = ()) -> Any:
        with self._open() as connection:
            return connection.execute(query, values).fetchone()

    def _all(self, query: str, values: tuple = ()) -> list[Any]:
        with self._open() as connection:
            return connection.execute(query, values).fetchall()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
