"""All that a warehouse's files say: where each belongs, and what can be read in it."""

import sqlite3
import zlib
from pathlib import Path

import duckdb

from tests.conftest import Shop


def place_of(path: Path, shop: Shop) -> str:
    """Which of the places a file belongs to; `elsewhere` may hold none of the words."""
    if not path.is_relative_to(shop.data_dir):
        return "elsewhere"
    parts = path.relative_to(shop.data_dir).parts
    if parts[0] in ("landing", "quarantine", "raw"):
        return parts[0]
    if parts[0].startswith("warehouse.duckdb"):
        return "warehouse"
    if any(part.startswith(".report-") for part in parts):  # one folder a build, behind a link
        return "report"
    is_mart = parts[0] == "published" and path.suffix in (".parquet", ".duckdb")
    return "marts" if is_mart else "elsewhere"


def content(path: Path) -> str:
    """All that can be read in a file, lower-cased: its bytes, and its tables where it is one."""
    found = [path.read_bytes().decode("utf-8", errors="ignore")]
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            found += map(str, connection.execute(f"from read_parquet('{path}')").fetchall())
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where not internal"
            ).fetchall()
            for schema, table in tables:
                found += map(str, connection.execute(f"from {schema}.{table}").fetchall())
    elif path.suffix in (".db", ".sqlite"):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            names = connection.execute("select name from sqlite_master where type = 'table'")
            for (name,) in names.fetchall():
                for row in connection.execute(f"select * from {name}"):
                    found += map(unpacked, row)
    return "\n".join(found).lower()


def unpacked(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zlib.decompress(value).decode("utf-8", errors="ignore")
    except zlib.error:
        return value.decode("utf-8", errors="ignore")


def files(shop: Shop) -> list[Path]:
    left_out = {shop.home / "said.txt", shop.config}
    found = [path for path in shop.home.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in found if path not in left_out]
