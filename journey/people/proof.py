"""A search of every byte that a warehouse holds, and of what its tables say, for people's words.

Files are searched as they are and unpacked; Parquet, DuckDB and SQLite value by value. What is
searched for, and in which forms, is `tokens`'.
"""

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb.func import ARROW
from duckdb.sqltypes import BOOLEAN, VARCHAR

from journey.core import database
from journey.core.settings import Settings
from journey.core.sql import file, name, text
from journey.ingest.planning.landing import find_deliveries
from journey.people import stored
from journey.people.person import People
from journey.people.tokens import Tokens

FORMS = ("plain", "percent-encoded", "base64", "UTF-16", "md5", "sha1", "sha256", "sha512")
SUFFIXES = {".parquet", ".duckdb"}


@dataclass
class Searched:
    """What was searched, and which places name a person: none, when all is well."""

    files: int = 0
    bytes: int = 0
    tables: int = 0
    words: int = 0
    identifiers_too_short_to_search_bytes_for: int = 0
    forms: tuple[str, ...] = FORMS
    places: list[str] = field(default_factory=list)


def search(settings: Settings, tokens: Tokens, people: People) -> Searched:
    """Search the data dir, and the files of sources that lie elsewhere."""
    searched = Searched(
        words=len(tokens.words | tokens.addresses),
        identifiers_too_short_to_search_bytes_for=tokens.short,
    )
    with database.connect(settings) as connection:
        connection.create_function(
            "names_one",
            lambda values: pa.array(
                [value is not None and tokens.is_in(value) for value in values.to_pylist()]
            ),
            [VARCHAR],
            BOOLEAN,
            type=ARROW,
        )
        for path in _files(settings):
            searched.files += 1
            searched.bytes += path.stat().st_size
            if tokens.are_in(path) or _is_in_content(connection, path, tokens, searched):
                searched.places.append(_shown(settings, path))
    if any(_rows_left(settings, people, tokens)):
        searched.places.append("raw or quarantine, in a column of identifiers")
    return searched


def _files(settings: Settings) -> Iterator[Path]:
    own = {settings.forgetting_path, settings.email_key_path}
    for path in sorted(settings.data_dir.rglob("*")):
        if path.is_file() and not path.is_symlink() and path not in own:
            yield path
    today = datetime.now(UTC).date()
    for source in settings.sources:
        for delivery in find_deliveries(settings, source, today):
            if not delivery.path.is_relative_to(settings.data_dir):
                yield delivery.path


def _is_in_content(
    connection: duckdb.DuckDBPyConnection, path: Path, tokens: Tokens, searched: Searched
) -> bool:
    """Whether the values of a file that holds tables, or the members of an archive, name one."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return any(tokens.is_in_bytes(archive.read(member)) for member in archive.namelist())
    with open(path, "rb") as opened:
        magic = opened.read(16)
    if magic.startswith(b"PAR1"):
        searched.tables += 1
        return _is_in_table(connection, f"read_parquet({file(path)}, hive_partitioning = false)")
    if magic[8:12] == b"DUCK":
        connection.execute(f"attach {text(path)} as searched (read_only)")
        try:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables()"
                " where database_name = 'searched' and not internal"
            ).fetchall()
            searched.tables += len(tables)
            return any(
                _is_in_table(connection, f"searched.{name(schema)}.{name(table)}")
                for schema, table in tables
            )
        finally:
            connection.execute("detach searched")
    if magic.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as lite:
            lite.create_function("names_one", 1, tokens.is_in_value, deterministic=True)
            columns = list(stored.columns(lite))
            searched.tables += len({table for table, _ in columns})
            return any(
                lite.execute(
                    f"select exists (select 1 from {name(table)} where names_one({name(column)}))"
                ).fetchone()[0]
                for table, column in columns
            )
    return False


def _is_in_table(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    columns = [
        row[0]
        for row in connection.execute(f"describe select * from {relation}").fetchall()
        if "VARCHAR" in row[1] or "BLOB" in row[1] or "JSON" in row[1]
    ]
    return any(
        connection.execute(
            f"select exists (select 1 from (select distinct cast({name(column)} as varchar) as"
            f" value from {relation}) where names_one(value))"
        ).fetchall()[0][0]
        for column in columns
    )


def _rows_left(settings: Settings, people: People, tokens: Tokens) -> Iterator[bool]:
    for kept in stored.count(settings, people, tokens).values():
        yield bool(kept.raw or kept.quarantine)


def _shown(settings: Settings, path: Path) -> str:
    """A file's name, which may name a person itself: so only where it lies is said of some."""
    if path.is_relative_to(settings.data_dir):
        return path.relative_to(settings.data_dir).as_posix()
    return path.name
