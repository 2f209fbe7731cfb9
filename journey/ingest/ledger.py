"""What has been delivered, and what became of it: `ledger.sqlite`.

The only module that asks the ledger's tables. It remembers what each path of a source held, one
delivery after the other, and what became of each; loads, quarantined rows by reason, and the
outcome of every check. It holds counts and names, and of rows only one offending value per file
and reason.
"""

import contextlib
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from journey.core.checks import Check
from journey.core.errors import EngineError
from journey.core.settings import Settings
from journey.ingest import ledger_schema, machine
from journey.ingest.addresses import printable
from journey.ingest.file_names import carried_over, source_and_load
from journey.ingest.inspection import cannot_open, digest
from journey.ingest.landing import Delivery, stamp_of
from journey.ingest.withdrawals import Withdrawn

BUSY_SECONDS = 30
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
COUNTS = ("records", "delivered", "loaded", "duplicate", "restated", "quarantined")
# A file changed within this time may change again without its time stamp showing it.
SETTLED_SECONDS = 2
BEGUN = "begun/{kind}"
WHERE_THE_ROW_IS = "the row is in "


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
    sequence: int = 1
    lineage_name: str = ""  # the file name that its rows bear; its own where none is given

    @property
    def place(self) -> tuple[str, str, int]:
        """The delivery that this is the result of: source, path, which content of the path."""
        return self.source, self.file_name, self.sequence


@dataclass(frozen=True)
class Known:
    """What became of one delivery. `lineage_name` is the file name that its rows bear."""

    sha256: str
    kind: str
    status: str
    fingerprint: str
    lineage_name: str
    delivered_on: str | None
    replaced_by: int | None

    @property
    def is_standing(self) -> bool:
        """Whether its rows are in the raw layer now."""
        return self.status == "loaded" and self.replaced_by is None


@dataclass(frozen=True)
class LoadRecord:
    """One committed load: what became of its files, what it put an end to, and facts.

    `retired` are deliveries whose rows are gone with it, `superseded` the files of earlier loads
    that it has written anew without them. Loads by older versions wrote all files of the sources
    that they `replaces` anew. `withdrawn` are the rows that nothing gives any more.
    """

    kind: str
    load_id: int
    run_id: str
    committed_at: str
    results: Sequence[FileResult]
    replaces: Sequence[str] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    retired: Sequence[tuple[str, str, int]] = ()
    superseded: Sequence[str] = ()
    withdrawn: Sequence[Withdrawn] = ()


class Ledger:
    """The ledger of one warehouse. Every method is one transaction."""

    def __init__(self, settings: Settings, path: Path | None = None) -> None:
        """Open it, made if need be; elsewhere than usual with a `path`."""
        self.path = path or settings.ledger_path
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            ledger_schema.bring_up(connection, str(self.path))

    # What is known.

    def known(self, kinds: Sequence[str] | None = None) -> dict[tuple[str, str, int], Known]:
        """What became of every delivery (of some kinds), by source, path and sequence."""
        where = "" if kinds is None else f" where kind in ({', '.join('?' * len(kinds))})"
        rows = self._all(
            "select source, file_name, sequence, sha256, kind, status, fingerprint, lineage_name,"
            f" delivered_on, replaced_by from files{where}",
            tuple(kinds or ()),
        )
        return {(source, path, number): Known(*rest) for source, path, number, *rest in rows}

    def fact(self, name: str) -> str | None:
        """What was kept under a name, such as the check value of the key for addresses."""
        row = self._one("select value from facts where name = ?", (name,))
        return row[0] if row else None

    def keep_fact(self, name: str, value: str) -> None:
        with self._open() as connection:
            connection.execute("insert or replace into facts values (?, ?)", (name, value))

    def is_blank(self) -> bool:
        """Whether it knows no run and no load: it is new, or was emptied."""
        return not self._one("select exists (select 1 from runs) or exists (select 1 from loads)")[
            0
        ]

    def begin_load(self, kind: str, load_id: int) -> None:
        """Remember a load whose files are about to be put in place: until it is committed, what
        lies there of it is what a run left that died."""
        self.keep_fact(BEGUN.format(kind=kind), str(load_id))

    def begun_load(self, kind: str) -> int | None:
        """The load of a kind that was last about to be put in place."""
        begun = self.fact(BEGUN.format(kind=kind))
        return int(begun) if begun else None

    def has_loads(self) -> bool:
        return bool(self._one("select exists (select 1 from loads)")[0])

    def check(self) -> None:
        """Read the whole file once. Raises EngineError where it is damaged."""
        (found,) = self._one("pragma quick_check(1)")
        if found != "ok":
            raise _damaged(self.path, found)

    def replaced(self, kind: str) -> dict[str, int]:
        """By source, the load of an older version that wrote all its files anew: those of earlier
        loads are dead."""
        return dict(self._all("select source, load_id from replaced where kind = ?", (kind,)))

    def superseded(self, kind: str) -> set[str]:
        """The files, below the data dir, that a later load has written anew."""
        rows = self._all("select path from superseded where kind = ?", (kind,))
        return {path for (path,) in rows}

    def load_ids(self, kind: str) -> set[int]:
        """Loads of a kind that were committed."""
        rows = self._all("select load_id from loads where kind = ?", (kind,))
        return {load_id for (load_id,) in rows}

    def latest_event_date(self) -> date | None:
        """The latest event date of any row of a delivery that stands."""
        latest = self._one(
            "select max(last_event_date) from files where status = 'loaded' and replaced_by is null"
        )[0]
        return date.fromisoformat(latest) if latest else None

    def loaded_state(self) -> str:
        """All that is loaded, in one line: equal when the same files are."""
        rows = self._all(
            "select kind, source, sha256, file_name, sequence, delivered_on, fingerprint"
            " from files where status = 'loaded' and replaced_by is null order by 1, 2, 4, 5"
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

    def without_rows(self) -> list[dict[str, Any]]:
        """Files that gave no row because they were rejected, or because all went to quarantine.

        Each with source, kind, file_name, run_id, reason, rows that it delivered, and an example of
        what is wrong with them. Left out is what a later content of the path, or the same content
        elsewhere, has put right.
        """
        with self._open() as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(
                """select source, kind, file_name, run_id, reason, delivered, (
                    select example from quarantine
                    where quarantine.source = bad.source
                        and quarantine.file_name = bad.file_name
                        and quarantine.sequence = bad.sequence
                    order by rows desc, reason limit 1
                ) as example
                from files as bad
                where (reason is not null or (quarantined > 0 and quarantined = delivered))
                    and replaced_by is null
                    and not exists (
                        select 1 from files as later
                        where later.source = bad.source
                            and later.file_name = bad.file_name
                            and later.sequence > bad.sequence
                    )
                    and not exists (
                        select 1 from files as elsewhere
                        where elsewhere.source = bad.source
                            and elsewhere.sha256 = bad.sha256
                            and elsewhere.status = 'loaded' and elsewhere.reason is null
                            and elsewhere.quarantined < elsewhere.delivered
                    )
                order by finished_at, source, file_name"""
            )
            return [dict(row) for row in rows]

    def withdrawn(
        self, run_id: str | None = None, *, since: datetime | None = None
    ) -> list[Withdrawn]:
        """What loads let go (of a run, or since an instant in UTC), in their order."""
        conditions, given = ["true"], []
        if run_id is not None:
            conditions.append("loads.run_id = ?")
            given.append(run_id)
        if since is not None:
            conditions.append("loads.committed_at >= ?")
            given.append(since.isoformat(timespec="microseconds"))
        return self._withdrawn(" and ".join(conditions), tuple(given))

    def _withdrawn(self, where: str, given: tuple) -> list[Withdrawn]:
        rows = self._all(
            "select source, withdrawn.kind, file_name, files, rows, run_id from withdrawn"
            " inner join loads using (kind, load_id)"
            f" where {where} order by committed_at, withdrawn.kind, source",
            given,
        )
        return [Withdrawn(*row) for row in rows]

    def latest_run_with_files(self) -> str | None:
        """The run that took the last load."""
        row = self._one("select run_id from loads order by committed_at desc limit 1")
        return row[0] if row else None

    def results_at(self, places: Sequence[tuple[str, str, int]]) -> dict[tuple, FileResult]:
        """What became of these deliveries, by source, path and sequence."""
        found = {}
        with self._open() as connection:
            connection.row_factory = sqlite3.Row
            for place in places:
                row = connection.execute(
                    "select * from files where source = ? and file_name = ? and sequence = ?", place
                ).fetchone()
                if row:
                    found[place] = _result_of(connection, dict(row))
        return found

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
                    on quarantine.source = files.source
                    and quarantine.file_name = files.file_name
                    and quarantine.sequence = files.sequence
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
        """The deliveries with their content's digest and sequence, and a date where none is named.

        Digests are remembered by path, size and time stamps, so that known files are not read. One
        that cannot be read is told by its stamp until it can: then it is new.
        """
        found, fresh = self._digested(deliveries)
        with self._open() as connection:
            connection.executemany(
                "insert or replace into digests values (?, ?, ?)",
                [(path, *values) for path, values in fresh.items()],
            )
        # Of two processes that see a new content one numbers it.
        with self._open(is_writing=True) as connection:
            return _numbered(connection, found, today)

    def _digested(
        self, deliveries: Sequence[Delivery]
    ) -> tuple[list[tuple[Delivery, str, str]], dict[str, tuple[str, str]]]:
        """Each delivery with its stamp and digest, and the digests that can be remembered."""
        with self._open() as connection:
            digests = {
                path: (stamp, sha256)
                for path, stamp, sha256 in connection.execute("select * from digests")
            }
        found, fresh = [], {}
        for delivery in deliveries:
            path, stamp = printable(delivery.path), ""
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
        return found, fresh

    def begin_run(self, run_id: str) -> None:
        with self._open() as connection:
            connection.execute("insert or ignore into runs values (?, ?)", (run_id, _now()))

    def commit_load(
        self,
        kind: str,
        load_id: int,
        run_id: str,
        results: Iterable[FileResult],
        *,
        replaces: Iterable[str] = (),
        facts: Mapping[str, str] | None = None,
        committed_at: str | None = None,
        retired: Iterable[tuple[str, str, int]] = (),
        superseded: Iterable[str] = (),
        withdrawn: Iterable[Withdrawn] = (),
    ) -> None:
        """Everything about one load, or nothing. See LoadRecord."""
        now, superseded = committed_at or _now(), list(superseded)
        with self._open(is_writing=True) as connection:
            connection.execute("insert or ignore into runs values (?, ?)", (run_id, now))
            connection.execute(
                "insert into loads values (?, ?, ?, ?)", (kind, load_id, run_id, now)
            )
            connection.executemany(
                "insert or replace into replaced values (?, ?, ?)",
                [(kind, source, load_id) for source in replaces],
            )
            connection.executemany(
                "insert or replace into facts values (?, ?)", sorted((facts or {}).items())
            )
            for result in results:
                _keep_result(connection, (load_id, run_id, now), result)
            for place in retired:
                connection.execute(
                    "update files set replaced_by = ?"
                    " where source = ? and file_name = ? and sequence = ?",
                    (load_id, *place),
                )
                connection.execute(
                    "update quarantine set example ="
                    " substr(example, 1, instr(example, ?) - 1) || 'its file has changed since'"
                    " where source = ? and file_name = ? and sequence = ?"
                    " and instr(example, ?) > 0",
                    (WHERE_THE_ROW_IS, *place, WHERE_THE_ROW_IS),
                )
            connection.executemany(
                "insert or replace into superseded values (?, ?, ?)",
                [(kind, load_id, path) for path in superseded],
            )
            for path in superseded:
                _follow_quarantine(connection, kind, path, load_id)
            connection.executemany(
                "insert into withdrawn values (?, ?, ?, ?, ?, ?)",
                [
                    (kind, load_id, gone.source, gone.file_name, gone.files, gone.rows)
                    for gone in withdrawn
                ],
            )

    def adopt(self, record: LoadRecord) -> None:
        """Know a load whose files were all in place when its run died, or whose ledger was lost."""
        self.commit_load(
            record.kind,
            record.load_id,
            record.run_id,
            record.results,
            replaces=record.replaces,
            facts=record.facts,
            committed_at=record.committed_at,
            retired=record.retired,
            superseded=record.superseded,
            withdrawn=record.withdrawn,
        )
        with self._open(is_writing=True) as connection:
            connection.executemany(
                "insert or ignore into deliveries values (?, ?, ?, ?, ?)",
                [
                    (*result.place, result.sha256, _iso(result.delivered_on))
                    for result in record.results
                    if result.status == "loaded"
                ],
            )

    def record_of(self, kind: str, load_id: int) -> LoadRecord:
        """A committed load as it was told, as far as no later one has replaced it."""
        run_id, committed_at = self._one(
            "select run_id, committed_at from loads where kind = ? and load_id = ?", (kind, load_id)
        )
        replaces = [s for s, since in self.replaced(kind).items() if since == load_id]
        with self._open() as connection:
            connection.row_factory = sqlite3.Row
            found = connection.execute(
                "select * from files where kind = ? and load_id = ?"
                " order by finished_at, file_name",
                (kind, load_id),
            )
            rows = [dict(row) for row in found]
            results = [_result_of(connection, row) for row in rows]
        facts = self._all(
            "select * from facts where name not like 'first_seen/%' and name not like 'told/%'"
            " and name not like 'begun/%'"
        )
        retired = self._all(
            "select source, file_name, sequence from files where kind = ? and replaced_by = ?",
            (kind, load_id),
        )
        superseded = self._all(
            "select path from superseded where kind = ? and load_id = ?", (kind, load_id)
        )
        return LoadRecord(
            kind,
            load_id,
            run_id,
            committed_at,
            results,
            replaces,
            dict(facts),
            retired,
            [path for (path,) in superseded],
            self._withdrawn("loads.kind = ? and loads.load_id = ?", (kind, load_id)),
        )

    def record_checks(self, run_id: str, results: Iterable[Check]) -> None:
        """Keep the outcomes of expectations."""
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
            for table in ("files", "quarantine", "loads", "replaced", "superseded", "withdrawn"):
                connection.execute(f"delete from {table}")
            connection.execute("delete from facts where name not like 'first_seen/%'")

    @contextlib.contextmanager
    def _open(self, *, is_writing: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS)
            try:
                with connection:
                    if is_writing:
                        connection.execute("begin immediate")
                    yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            if is_damage(error):
                raise _damaged(self.path, str(error)) from error
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


def _damaged(path: Path, how: str) -> EngineError:
    return EngineError(
        f"{path}: the ledger cannot be used, it is damaged ({how.splitlines()[-1]}); nothing was "
        "touched; put it back from a backup, or run `journey doctor --repair`, which makes "
        "it anew from what raw/ and quarantine/ hold"
    )


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is no good, and not only out of reach or busy."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def _numbered(
    connection: sqlite3.Connection, found: Sequence[tuple[Delivery, str, str]], today: date
) -> list[Delivery]:
    """Tell each path's contents apart by their sequence, and log those that are new."""
    sources = sorted({delivery.source.name for delivery, _, _ in found})
    named = f"source in ({', '.join('?' * len(sources))})"
    log = {
        (source, path): (sequence, sha256, first_seen)
        for source, path, sequence, sha256, first_seen in connection.execute(
            "select source, file_name, max(sequence), sha256, first_seen from deliveries"
            f" where {named} group by source, file_name",
            sources,
        )
    }
    refused = {
        (source, path): sequence
        for source, path, sequence in connection.execute(
            "select source, file_name, max(sequence) from files"
            f" where status = 'refused' and {named} group by source, file_name",
            sources,
        )
    }
    first_seen_before = {
        tuple(name.split("/")[1:]): value
        for name, value in connection.execute("select * from facts where name like 'first_seen/%'")
    }
    identified = []
    for delivery, stamp, sha256 in found:
        place = source, path = delivery.source.name, delivery.file_name
        sequence, logged, first_seen = log.get(place, (0, None, None))
        if delivery.fault:
            day = delivery.delivered_on or today
            identified.append(delivery.identified(sha256, stamp, day, sequence + 1))
            continue
        if logged != sha256:
            sequence += 1
            seen_before = first_seen_before.get((source, sha256)) if sequence == 1 else None
            first_seen = seen_before or today.isoformat()
            connection.execute(
                "insert or replace into deliveries values (?, ?, ?, ?, ?)",
                (source, path, sequence, sha256, first_seen),
            )
        if refused.get(place, 0) > sequence:
            # What could not be read, and now can, is no content of its own.
            connection.execute(
                "delete from files where source = ? and file_name = ? and sequence > ?",
                (source, path, sequence),
            )
        day = delivery.delivered_on or date.fromisoformat(first_seen)
        identified.append(delivery.identified(sha256, stamp, day, sequence))
    return identified


def _keep_result(
    connection: sqlite3.Connection, load: tuple[int, str, str], result: FileResult
) -> None:
    values = {
        "source": result.source,
        "sha256": result.sha256,
        "kind": result.kind,
        "file_name": result.file_name,
        "delivered_on": _iso(result.delivered_on),
        "status": result.status,
        "reason": result.reason,
        "fingerprint": result.fingerprint,
        **{count: getattr(result, count) for count in COUNTS},
        "first_event_date": _iso(result.first_event_date),
        "last_event_date": _iso(result.last_event_date),
        **dict(zip(("load_id", "run_id", "finished_at"), load, strict=True)),
        "sequence": result.sequence,
        "lineage_name": result.lineage_name or result.file_name,
    }
    connection.execute(
        f"insert or replace into files ({', '.join(values)})"
        f" values ({', '.join('?' * len(values))})",
        tuple(values.values()),
    )
    connection.execute(
        "delete from quarantine where source = ? and file_name = ? and sequence = ?", result.place
    )
    connection.executemany(
        "insert into quarantine values (?, ?, ?, ?, ?, ?)",
        [
            (*result.place, reason, rows, result.examples[reason])
            for reason, rows in result.quarantine_reasons.items()
        ],
    )


def _follow_quarantine(
    connection: sqlite3.Connection, kind: str, superseded: str, load_id: int
) -> None:
    """Rows that were carried over lie in another file now, which is what their examples say."""
    folder, _, name = superseded.rpartition("/")
    if folder != f"quarantine/{kind}":
        return
    source, _ = source_and_load(name)
    new = f"{folder}/{carried_over(source, load_id)}0.parquet"
    connection.execute(
        """update quarantine
        set example = substr(example, 1, length(example) - length(?1)) || ?2
        where substr(example, -length(?1)) = ?1""",
        (superseded, new),
    )


def _result_of(connection: sqlite3.Connection, row: Mapping[str, Any]) -> FileResult:
    """A row of the table `files` as the result that it was made of."""
    place = (row["source"], row["file_name"], row["sequence"])
    reasons = connection.execute(
        "select reason, rows, example from quarantine"
        " where source = ? and file_name = ? and sequence = ? order by reason",
        place,
    ).fetchall()
    names = {column.name for column in fields(FileResult)} & set(row)
    dates = {name for name in names if name.endswith("_date") or name == "delivered_on"}
    return FileResult(
        **{name: row[name] for name in names - dates},
        **{name: date.fromisoformat(row[name]) if row[name] else None for name in dates},
        quarantine_reasons={reason: rows for reason, rows, _ in reasons},
        examples={reason: example for reason, _, example in reasons},
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
