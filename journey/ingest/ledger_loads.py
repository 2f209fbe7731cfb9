"""Loads in the ledger's tables: what became of their files, what they put an end to, and facts.

Part of the ledger (`ledger`), which gives the connection and says when it is a transaction.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from journey.ingest.file_names import carried_over, source_and_load
from journey.ingest.outcomes import FileResult, Joined, LoadRecord, Removed
from journey.ingest.withdrawals import Withdrawn

COUNTS = ("records", "delivered", "loaded", "duplicate", "restated", "quarantined", "forgotten")
JOINED = tuple(column.name for column in fields(Joined))
WHERE_THE_ROW_IS = "the row is in "
# Facts that are no load's own.
OF_THE_LEDGER = ("first_seen/", "reported/", "begun/", "forgotten/")


def keep(connection: sqlite3.Connection, record: LoadRecord) -> None:
    """Everything about one load."""
    kind, load_id, run_id, now = record.kind, record.load_id, record.run_id, record.committed_at
    connection.execute("insert or ignore into runs values (?, ?)", (run_id, now))
    connection.execute("insert into loads values (?, ?, ?, ?)", (kind, load_id, run_id, now))
    connection.executemany(
        "insert or replace into replaced values (?, ?, ?)",
        [(kind, source, load_id) for source in record.replaces],
    )
    connection.executemany(
        "insert or replace into facts values (?, ?)", sorted(record.facts.items())
    )
    for result in record.results:
        _keep_result(connection, (load_id, run_id, now), result)
    for place in record.retired:
        _retire(connection, load_id, place)
    connection.executemany(
        "insert or replace into superseded values (?, ?, ?)",
        [(kind, load_id, path) for path in record.superseded],
    )
    for path in record.superseded:
        _follow_quarantine(connection, kind, path, load_id)
    connection.executemany(
        "insert into withdrawn values (?, ?, ?, ?, ?, ?)",
        [
            (kind, load_id, gone.source, gone.file_name, gone.files, gone.rows)
            for gone in record.withdrawn
        ],
    )


def keep_contents(connection: sqlite3.Connection, record: LoadRecord) -> None:
    """What the paths held that a load took, where no one was asked before it did."""
    connection.executemany(
        "insert or ignore into deliveries values (?, ?, ?, ?, ?)",
        [
            (*result.place, result.sha256, _iso(result.delivered_on))
            for result in record.results
            if result.status == "loaded"
        ],
    )


def read(connection: sqlite3.Connection, kind: str, load_id: int) -> LoadRecord:
    """A load as it was recorded, as far as no later one has replaced it."""
    of_load = (kind, load_id)
    run_id, committed_at = connection.execute(
        "select run_id, committed_at from loads where kind = ? and load_id = ?", of_load
    ).fetchone()
    replaces = connection.execute(
        "select source from replaced where kind = ? and load_id = ?", of_load
    ).fetchall()
    facts = connection.execute("select name, value from facts").fetchall()
    retired = connection.execute(
        "select source, file_name, sequence from files where kind = ? and replaced_by = ?", of_load
    ).fetchall()
    superseded = connection.execute(
        "select path from superseded where kind = ? and load_id = ?", of_load
    ).fetchall()
    return LoadRecord(
        kind,
        load_id,
        run_id,
        committed_at,
        results(
            connection,
            "where kind = ? and load_id = ? order by finished_at, file_name",
            of_load,
        ),
        [source for (source,) in replaces],
        {name: value for name, value in facts if not name.startswith(OF_THE_LEDGER)},
        retired,
        [path for (path,) in superseded],
        withdrawn(connection, "where loads.kind = ? and loads.load_id = ?", of_load),
    )


def results(connection: sqlite3.Connection, which: str, given: tuple[Any, ...]) -> list[FileResult]:
    """What became of some of the files."""
    found = connection.execute(f"select * from files {which}", given)
    columns = [column for column, *_ in found.description]
    rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    return [_result_of(connection, row) for row in rows]


def withdrawn(
    connection: sqlite3.Connection, which: str, given: tuple[Any, ...]
) -> list[Withdrawn]:
    """The rows that some of the loads let go, in the order of the loads."""
    rows = connection.execute(
        "select source, withdrawn.kind, file_name, files, rows, run_id from withdrawn"
        f" inner join loads using (kind, load_id) {which}"
        " order by committed_at, withdrawn.kind, source",
        given,
    ).fetchall()
    return [Withdrawn(*row) for row in rows]


def forget(
    connection: sqlite3.Connection, mark: str, removed: Iterable[Removed], again: Mapping[str, str]
) -> None:
    """Let rows that were taken out count as forgotten, so that the sum of each file holds."""
    if connection.execute("select 1 from facts where name = ?", (mark,)).fetchone():
        return
    connection.execute("insert into facts values (?, ?)", (mark, "done"))
    for rows in removed:
        found = connection.execute(
            "select file_name, sequence, loaded, duplicate, restated, quarantined from files"
            " where source = ? and lineage_name = ? and status = 'loaded' and replaced_by is null",
            (rows.source, rows.lineage_name),
        ).fetchone()
        if found is None:
            continue
        file_name, sequence, *counts = found
        place = (rows.source, file_name, sequence)
        for reason, number in rows.quarantined.items():
            connection.execute(
                "update quarantine set rows = rows - ?"
                " where source = ? and file_name = ? and sequence = ? and reason = ?",
                (number, *place, reason),
            )
        connection.execute("delete from quarantine where rows <= 0")
        counted = dict(zip(("loaded", "duplicate", "restated", "quarantined"), counts, strict=True))
        gone = {"quarantined": min(sum(rows.quarantined.values()), counted["quarantined"])}
        left = rows.raw
        for outcome in ("loaded", "restated"):
            gone[outcome] = min(left, counted[outcome])
            left -= gone[outcome]
        beyond = (rows.delivered or 0) - sum(gone.values())
        gone["duplicate"] = max(0, min(beyond, counted["duplicate"]))
        connection.execute(
            "update files set loaded = loaded - :loaded, restated = restated - :restated,"
            " duplicate = duplicate - :duplicate, quarantined = quarantined - :quarantined,"
            " forgotten = forgotten + :all where source = :source and file_name = :file_name"
            " and sequence = :sequence",
            gone
            | {"all": sum(gone.values()), "source": rows.source}
            | {"file_name": file_name, "sequence": sequence},
        )
    for before, now in again.items():
        for table in ("files", "deliveries", "digests"):
            connection.execute(f"update {table} set sha256 = ? where sha256 = ?", (now, before))


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

    connection.execute(
        "delete from joined where source = ? and file_name = ? and sequence = ?", result.place
    )
    connection.executemany(
        f"insert into joined values (?, ?, ?, {', '.join('?' * len(JOINED))})",
        [(*result.place, *(getattr(joined, name) for name in JOINED)) for joined in result.joined],
    )


def _retire(connection: sqlite3.Connection, load_id: int, place: tuple[str, str, int]) -> None:
    connection.execute(
        "update files set replaced_by = ? where source = ? and file_name = ? and sequence = ?",
        (load_id, *place),
    )
    connection.execute(
        "update quarantine set example ="
        " substr(example, 1, instr(example, ?) - 1) || 'its file has changed since'"
        " where source = ? and file_name = ? and sequence = ?"
        " and instr(example, ?) > 0",
        (WHERE_THE_ROW_IS, *place, WHERE_THE_ROW_IS),
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
    joined = connection.execute(
        "select table_name, joined_file, sha256, rows, unreadable from joined"
        " where source = ? and file_name = ? and sequence = ? order by table_name, joined_file",
        place,
    ).fetchall()
    names = {column.name for column in fields(FileResult)} & set(row)
    values = {name: row[name] for name in names}
    for name in names:
        if name.endswith("_date") or name == "delivered_on":
            values[name] = date.fromisoformat(row[name]) if row[name] else None
    return FileResult(
        **values,
        quarantine_reasons={reason: rows for reason, rows, _ in reasons},
        examples={reason: example for reason, _, example in reasons},
        joined=[Joined(*one) for one in joined],
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
