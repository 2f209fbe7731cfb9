"""Hostile text, whole records of every tool to put it into, and what must hold all the same."""

import json
import re
from pathlib import Path
from typing import Any

from tests.ingest.rows import csv_of

OF_LIBRARIES = re.compile(r"\w+(Error|Exception)\b|\w+ Error:|Traceback|INTERNAL|errno", re.I)
TEXTS = [
    "caf%E9", "%FF", "%F0%9F", "%", "%0", "%00", "a=1&utm_source=caf%E9", "\x00", "\x01\x1b[31m",
    "\ufeff", "\u202e", "\U0001f600" * 3, "e\u0301", "x" * 20_000, " ", "\t", "'", '"', "';--",
    "NaN", "nan", "Infinity", "-inf", "1e400", "-1e400", "1e-400", "9" * 40, "-" + "9" * 40,
    "9223372036854775807", "-9223372036854775808", "18446744073709551616", "0x10", "1_000", "007",
    "1,5", "1.005", "--1", "null", "None", "true", "[]", "{}", "[1", '{"a":', '"', "[" * 300,
    "[" * 200 + "]" * 200, "0000-00-00", "2026-02-30", "294247-01-10", "infinity", "-infinity",
    "290309-12-22 (BC)", "9999-12-31T23:59:59Z", "1600-01-01", "2026-02-01T10:00:00+99:99",
    "2026-02-01T25:00:00", "10:00", "99999999999", "100000000000", "253402300800", "-1",
    "https://shop.test/?utm_source=%E9%&gclid=%FF", "https://", "://", "?=&&==", "a@b", "@",
    "a\nb", "\n", "a\n\n", "a\r\nb", 'a\n"b"\n', ",\n,", 'he said ""no""\nand left', "\n\"",
    "ada@exa mple.test", "a%40b.test", "*", "../../x", "$.a", "/a~1",
]  # fmt: skip
# A record of each tool's format, and the member that distinguishes records; a new one has its own.
# Of a tool's other shapes there is `<tool>-<shape>.json`; where that is a table, it says so.
TOOLS: dict[tuple[str, str], dict[str, Any]] = {
    (path.parent.name, path.stem): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "tools").glob("*/*.json"))
}
TABLES = [tool for tool, given in TOOLS.items() if given.get("container") == "csv"]
SHAPES = [tool for tool in TOOLS if tool not in TABLES]
RECORDS = {(k, tool): TOOLS[k, tool]["record"] for k, tool in SHAPES if "-" not in tool}


def add_source(warehouse, kind: str, shape: str) -> None:
    """A source of a tool, with the tables that it joins."""
    tables = TOOLS[kind, shape].get("tables", {})
    for table, rows in tables.items():
        warehouse.deliver(f"{table}.csv", csv_of(rows))
    paths = {table: f"landing/{table}.csv" for table in tables}
    warehouse.source(kind, shape.partition("-")[0], tables=paths)


def accounted(result) -> int:
    return result.loaded + result.duplicate + result.restated + result.quarantined


def check_sentences(result) -> None:
    for sentence in (result.reason or "", *result.examples.values(), *result.quarantine_reasons):
        assert not OF_LIBRARIES.search(sentence), sentence
        assert "\n" not in sentence
