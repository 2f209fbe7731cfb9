"""What has been delivered, and what became of it: `ledger.sqlite`.

Nothing else asks its tables, but for its parts (`ledger_*`). It remembers what each path of a
source held, one delivery after the other, and what became of each; loads, quarantined rows by
reason, and the outcome of every check. It holds counts and names, and of rows only one offending
value per file and reason.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from journey.core.checks import Check
from journey.core.errors import EngineError
from journey.core.settings import Settings
from journey.ingest import ledger_contents, ledger_loads, ledger_schema
from journey.ingest.outcomes import FileResult, LoadRecord, PastDelivery, Removed
from journey.ingest.planning.landing import Delivery
from journey.ingest.withdrawals import Withdrawn

BUSY_SECONDS = 30
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
OF_LOADS = ("files", "quarantine", "joined", "loads", "replaced", "superseded", "withdrawn")
BEGUN = "begun/{kind}"


class Ledger:
    """The ledger of one warehouse. Every method is one transaction."""

    def __init__(self, settings: Settings, path: Path | None = None) -> None:
        """Open it, made if need be; elsewhere than usual with a `path`."""
        self.path = path or settings.ledger_path
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            ledger_schema.bring_up(connection, str(self.path))

    # What is known.

    def known(self, kinds: Sequence[str] | None = None) -> dict[tuple[str, str, int], PastDelivery]:
        """What became of every delivery (of some kinds), by source, path and sequence."""
        where = "" if kinds is None else f" where kind in ({', '.join('?' * len(kinds))})"
        rows = self._all(
            "select source, file_name, sequence, sha256, kind, status, fingerprint, lineage_name,"
            f" delivered_on, replaced_by from files{where}",
            tuple(kinds or ()),
        )
        return {(source, path, number): PastDelivery(*rest) for source, path, number, *rest in rows}

    def current_kinds(self) -> dict[str, set[str]]:
        """By source, the kinds as which deliveries of it are loaded now."""
        kinds: dict[str, set[str]] = {}
        for source, kind in self._all(
            "select distinct source, kind from files"
            " where status = 'loaded' and replaced_by is null"
        ):
            kinds.setdefault(source, set()).add(kind)
        return kinds

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

    def fetched(self) -> dict[str, str]:
        """By file name, which version of a file from elsewhere its copy is."""
        return dict(self._all("select * from fetched"))

    def keep_fetched(self, file_name: str, version: str) -> None:
        """Know a copy that is in place."""
        with self._open() as connection:
            connection.execute("insert or replace into fetched values (?, ?)", (file_name, version))

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
        """By source, the load of an older version that wrote all its files again: those of earlier
        loads are dead."""
        return dict(self._all("select source, load_id from replaced where kind = ?", (kind,)))

    def superseded(self, kind: str) -> set[str]:
        """The files, below the data dir, that a later load has written again."""
        rows = self._all("select path from superseded where kind = ?", (kind,))
        return {path for (path,) in rows}

    def load_ids(self, kind: str) -> set[int]:
        """Loads of a kind that were committed."""
        rows = self._all("select load_id from loads where kind = ?", (kind,))
        return {load_id for (load_id,) in rows}

    def latest_event_date(self) -> date | None:
        """The latest event date of any row of a delivery that is loaded now."""
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
        with self._open() as connection:
            which = f"where {' and '.join(conditions)}"
            return ledger_loads.withdrawn(connection, which, tuple(given))

    def latest_run_with_files(self) -> str | None:
        """The run that took the last load."""
        row = self._one("select run_id from loads order by committed_at desc limit 1")
        return row[0] if row else None

    def results_at(
        self, places: Sequence[tuple[str, str, int]]
    ) -> dict[tuple[str, str, int], FileResult]:
        """What became of these deliveries, by source, path and sequence."""
        which = "where source = ? and file_name = ? and sequence = ?"
        with self._open() as connection:
            found = [r for place in places for r in ledger_loads.results(connection, which, place)]
        return {result.place: result for result in found}

    def quarantined(
        self, run_id: str | None = None, *, is_standing: bool = False
    ) -> list[dict[str, Any]]:
        """Rows that went to quarantine by run, source, file and reason, with one example each.

        With `is_standing`, those that lie there: not what a later content of the path has ended.
        """
        where = "where true" if run_id is None else "where files.run_id = ?"
        where += " and files.replaced_by is null" if is_standing else ""
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
        that cannot be read is known by its stamp until it can: then it is new.
        """
        found = self.digested(deliveries)
        # Of two processes that see a new content one numbers it.
        with self._open(is_writing=True) as connection:
            return ledger_contents.numbered(connection, found, today)

    def digested(self, deliveries: Sequence[Delivery]) -> list[tuple[Delivery, str, str]]:
        """The files with their stamps and digests, without those that are there no more."""
        found, fresh = ledger_contents.digested(deliveries, self._digests())
        with self._open() as connection:
            connection.executemany(
                "insert or replace into digests values (?, ?, ?)",
                [(path, *values) for path, values in fresh.items()],
            )
        return found

    def _digests(self) -> dict[str, tuple[str, str]]:
        rows = self._all("select * from digests")
        return {path: (stamp, sha256) for path, stamp, sha256 in rows}

    def begin_run(self, run_id: str) -> None:
        with self._open() as connection:
            connection.execute("insert or ignore into runs values (?, ?)", (run_id, _now()))

    def commit(self, record: LoadRecord) -> None:
        """Everything about one load, or nothing."""
        with self._open(is_writing=True) as connection:
            ledger_loads.keep(connection, record)

    def adopt(self, record: LoadRecord) -> None:
        """Know a load whose files were all in place when its run died, or whose ledger was lost."""
        with self._open(is_writing=True) as connection:
            ledger_loads.keep(connection, record)
            ledger_loads.keep_contents(connection, record)

    def forget_rows(self, mark: str, removed: Iterable[Removed], again: Mapping[str, str]) -> None:
        """Count rows as forgotten, once for each `mark`, and know files that were written again by
        what they hold now. `again` has digests: of before, and of now."""
        with self._open(is_writing=True) as connection:
            ledger_loads.forget(connection, mark, removed, again)

    def record_of(self, kind: str, load_id: int) -> LoadRecord:
        """A committed load as it was recorded, as far as no later one has replaced it."""
        with self._open() as connection:
            return ledger_loads.read(connection, kind, load_id)

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
            for table in OF_LOADS:
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

    def _one(self, query: str, values: tuple[Any, ...] = ()) -> Any:
        with self._open() as connection:
            return connection.execute(query, values).fetchone()

    def _all(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with self._open() as connection:
            return connection.execute(query, values).fetchall()


def _damaged(path: Path, how: str) -> EngineError:
    return EngineError(
        f"{path}: the ledger cannot be used, it is damaged ({how.splitlines()[-1]}); nothing was "
        "touched; put it back from a backup, or run `journey doctor --repair`, which "
        "rebuilds it from what raw/ and quarantine/ hold"
    )


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is no good, and not only out of reach or busy."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
