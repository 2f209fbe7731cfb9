"""What a warehouse has kept of people, taken out of its files, its ledger and its other databases.

Each step can be done again: what it would remove is gone then.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from journey.core import database, durable, failpoints, spill
from journey.core.settings import KINDS, Settings
from journey.core.sql import file, files, name, text
from journey.ingest import load_records, raw_layer, tombstones
from journey.ingest.contracts import read_contract
from journey.ingest.ledger import Ledger
from journey.people.person import People
from journey.people.tokens import Tokens
from journey.transform import state

FORGOTTEN = "[forgotten]"
# Made anew by each run, or by the next one.
MADE_AGAIN = ("run", "logs", "docs")
BUSY_SECONDS = 30
SQLITE_MAGIC = b"SQLite format 3\0"
COLUMN = re.compile(r'"(\w+)"')


@dataclass
class Kept:
    """What is kept of people: rows of raw by file name, and of quarantine by reason."""

    raw: dict[str, dict[str, int]] = field(default_factory=dict)
    quarantine: dict[str, dict[str, int]] = field(default_factory=dict)


def parts(settings: Settings, kind: str) -> dict[str, list[Path]]:
    """The files that hold rows of a kind, by what they are of them."""
    return {
        "raw": raw_layer.raw_files(settings, kind),
        "redelivered": sorted(raw_layer.redelivered_dir(settings, kind).glob("*.parquet")),
        "quarantine": sorted(raw_layer.quarantine_dir(settings, kind).glob("*.parquet")),
    }


def condition_of(part: str, kind: str, people: People, tokens: Tokens) -> str | None:
    """SQL: whether a row of such a file is one of theirs."""
    if part == "quarantine":
        words = sorted(tokens.words | tokens.addresses)
        found = " or ".join(
            f"regexp_matches(lower(row_text), {text(_bounded(word))})" for word in words
        )
        return f"coalesce({found}, false)" if found else None
    return tombstones.is_of(read_contract(kind), None, people.conditions)


def _bounded(word: str) -> str:
    escaped = "".join(c if c.isalnum() else f"\\{c}" if c.isascii() else c for c in word.lower())
    return rf"(^|[^a-z0-9_-]){escaped}($|[^a-z0-9_-])"


def count(settings: Settings, people: People, tokens: Tokens) -> dict[str, Kept]:
    """By source, what is kept of them now."""
    kept: dict[str, Kept] = {source.name: Kept() for source in settings.sources}
    with database.connect(settings) as connection:
        for kind in KINDS:
            for part in ("raw", "quarantine"):
                stored = parts(settings, kind)[part]
                condition = condition_of(part, kind, people, tokens)
                if not stored or condition is None:
                    continue
                what = "reason" if part == "quarantine" else "is_restatement::varchar"
                rows = connection.execute(
                    f"""select source, file_name, {what}, count(*)
                    from read_parquet([{files(stored)}], union_by_name = true)
                    where {condition} group by all"""
                ).fetchall()
                for source, file_name, of, number in rows:
                    held = getattr(kept.setdefault(source, Kept()), part)
                    held.setdefault(file_name, {})[of] = number
    return kept


def rows_by_key_alone(settings: Settings, people: People) -> dict[str, set[str]]:
    """By sort, the rows that no identifier of theirs names: a device of several people has them."""
    loose: dict[str, set[str]] = {}
    with database.connect(settings) as connection:
        for kind in KINDS:
            own, stored = tombstones.of_rows(kind), raw_layer.raw_files(settings, kind)
            if not people.of(own) or not stored:
                continue
            contract = read_contract(kind)
            all_of_them = people.conditions
            named = tombstones.is_of(
                contract, None, {sort: sql for sort, sql in all_of_them.items() if sort != own}
            )
            by_key = tombstones.is_of(contract, None, {own: all_of_them[own]})
            rows = connection.execute(
                f"""select distinct source || ':' || {name(contract.key[0])}
                from read_parquet([{files(stored)}], union_by_name = true)
                where {by_key} and not {named or "false"}"""
            ).fetchall()
            loose[own] = {key for (key,) in rows}
    return loose


def remove(settings: Settings, people: People, tokens: Tokens) -> dict[str, int]:
    """Write the files of rows again without theirs, one by one; returns rows by part."""
    gone: dict[str, int] = {}
    with database.connect(settings) as connection:
        for kind in KINDS:
            for part, stored in parts(settings, kind).items():
                for path in stored:
                    condition = condition_of(part, kind, people, tokens)
                    removed = _rewrite(connection, path, condition) if condition else 0
                    gone[part] = gone.get(part, 0) + removed
                    if removed:
                        failpoints.point("forget.mid_raw")
    shutil.rmtree(raw_layer.superseded_dir(settings), ignore_errors=True)
    return gone


def _rewrite(connection: database.Connection, path: Path, condition: str) -> int:
    """Write a file again, in one step, without the rows for which the condition is true."""
    scan = f"read_parquet({file(path)}, hive_partitioning = false)"
    columns = [row[0] for row in connection.execute(f"describe select * from {scan}").fetchall()]
    absent = "".join(  # of an older contract, or of what is kept of duplicates
        f", cast(null as varchar) as {name(column)}"
        for column in sorted(set(COLUMN.findall(condition)) - set(columns))
    )
    rows = f"(select *{absent} from {scan})"
    gone = int(database.only_value(connection, f"select count(*) from {rows} where {condition}"))
    if gone:
        kept = ", ".join(name(column) for column in columns)
        new = path.with_name(f".{path.name}.new")
        connection.execute(
            f"copy (select {kept} from {rows} where not ({condition})) to {text(new)}"
            " (format parquet, compression zstd)"
        )
        os.chmod(new, path.stat().st_mode & 0o777)
        durable.replace(new, path)
    return gone


def remove_traces(settings: Settings, tokens: Tokens) -> int:
    """Remove what can be made again, and blot the words out of the databases that stay."""
    # Its freed blocks would go on holding what was deleted in it.
    for leftover in settings.data_dir.glob(f"{settings.warehouse_path.name}*"):
        leftover.unlink()
    state.drop(settings)
    for folder in MADE_AGAIN:
        shutil.rmtree(settings.data_dir / folder, ignore_errors=True)
    shutil.rmtree(settings.raw_dir / ".pending", ignore_errors=True)
    spill.sweep(settings.spill_dir)
    return blot_out_all(settings, tokens)


def blot_out_all(settings: Settings, tokens: Tokens) -> int:
    """Blot the words out of all SQLite databases; returns how many values had one."""
    return sum(blot_out(path, tokens) for path in databases(settings))


def databases(settings: Settings) -> list[Path]:
    """The SQLite databases of a data dir: ledger, alerts, copies of them, and Dagster's."""
    found = [*settings.data_dir.glob("*.sqlite*"), *settings.data_dir.glob("before-*/*")]
    found += (settings.data_dir / ".dagster").rglob("*.db")
    return [path for path in found if path.is_file() and _is_database(path)]


def _is_database(path: Path) -> bool:
    with open(path, "rb") as opened:
        return opened.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def blot_out(path: Path, tokens: Tokens) -> int:
    """Replace the words in the texts of a SQLite database; what was there is overwritten."""
    words = sorted(tokens.words | tokens.addresses, key=len, reverse=True)
    changed = 0
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        connection.execute("pragma secure_delete = on")
        connection.create_function("names_one", 1, tokens.is_in_value, deterministic=True)
        connection.create_function("without", 1, lambda value: _without(value, words))
        for table, column in columns(connection):
            found = connection.execute(
                f"update or replace {name(table)} set {name(column)} = without({name(column)})"
                f" where typeof({name(column)}) = 'text' and names_one({name(column)})"
            )
            changed += found.rowcount
        connection.commit()
        connection.execute("pragma wal_checkpoint(truncate)")
        if changed:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
    return changed


def _without(value: str, words: list[str]) -> str:
    for word in words:
        value = re.sub(re.escape(word), FORGOTTEN, value, flags=re.IGNORECASE)
    return value


def columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    tables = connection.execute(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
    ).fetchall()
    for (table,) in tables:
        for column in connection.execute(f"pragma table_info({name(table)})").fetchall():
            yield table, column[1]


def record_again(settings: Settings) -> None:
    """Write the records of all loads again, as the ledger knows them now."""
    ledger = Ledger(settings)
    for kind in KINDS:
        for load_id in sorted(ledger.load_ids(kind)):
            path = load_records.path_of(settings, kind, load_id)
            written = load_records.write(ledger.record_of(kind, load_id), path.with_suffix(".tmp"))
            durable.replace(written, path)
