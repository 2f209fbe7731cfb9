"""Hostile values in every field of every format, and damaged bytes: what is delivered adds up.

Each file has sound rows among the hostile ones. What it delivers is counted here, by the test that
wrote it; the sound rows must load, and no sentence may speak the language of a library.
"""

import csv
import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.core.settings import KINDS
from journey.ingest.contracts import read_contract
from journey.ingest.formats import known_formats, read_format
from tests.ingest.hostile import (
    SHAPES,
    TABLES,
    TEXTS,
    TOOLS,
    accounted,
    add_source,
    check_sentences,
)
from tests.ingest.rows import GOOD, csv_of, good

pytestmark = pytest.mark.slow

SEED = 9

VALUES: list[Any] = [
    *TEXTS, None, True, False, 0, -1, 2**31, 2**63 - 1, -(2**63), 2**64, 10**40, 1.5, 1e308,
    [], {}, [[]], [None], [{}], {"": 1}, {"a": None}, {"A": 1, "a": 2}, [1, "a", {"b": []}],
    {"key": 1, "value": 2}, [{"key": None, "value": {"string_value": 1}}],
    [{"key": "value", "value": [1]}], [{"price": "NaN", "tax_lines": {"price": []}}],
    {"amount": {"shop_money": []}}, [{"subtotal": {}}, "x", None], "DEEP",
]  # fmt: skip
RAW_JSON = ["1e400", "-1e400", '"\\ud800"', '"\\u0000"', "NaN", "01", '"\\x"', "[1,]", "\x01"]

INSERTED = [b'"', b"\x00", b"\n", b"{", b"\xff", b","]


def deep() -> Any:
    value: Any = 1
    for _ in range(180):
        value = {"a": value}
    return value


def paths(record: Any, before: tuple = ()) -> list[tuple]:
    """The way to every value in a record, nested ones too."""
    found = [before] if before else []
    inner = (
        record.items()
        if isinstance(record, dict)
        else enumerate(record)
        if isinstance(record, list)
        else ()
    )
    for key, value in inner:
        found += paths(value, (*before, key))
    return found


def with_value(record: Any, path: tuple, value: Any) -> Any:
    copy = json.loads(json.dumps(record))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


def hostile_lines(record: dict[str, Any], seed: int) -> list[str]:
    """JSON lines with a hostile value each: every field has every one, or a fair draw of them."""
    draw = random.Random(seed)
    lines = []
    for path in paths(record):
        for value in draw.sample(VALUES, 24):
            value = deep() if value == "DEEP" else value
            lines.append(json.dumps(with_value(record, path, value)))
        for raw in draw.sample(RAW_JSON, 3):
            mark = "d1ffe6ent"
            lines.append(json.dumps(with_value(record, path, mark)).replace(f'"{mark}"', raw))
    draw.shuffle(lines)
    return lines


def sound_records(record: dict[str, Any], field: str, count: int) -> list[dict[str, Any]]:
    is_number = isinstance(record[field], int)
    return [record | {field: 10_000 + n if is_number else f"sound{n}"} for n in range(count)]


def sound_records_of(kind: str, shape: str) -> list[dict[str, Any]]:
    tool = TOOLS[kind, shape]
    return sound_records(tool["record"], tool["id"], 20)


def format_of(shape: str) -> str:
    return shape.partition("-")[0]


def gives_a_row_each(kind: str, shape: str) -> bool:
    format = read_format(kind, format_of(shape))
    return format.is_row_by_row and not (format.where or format.group_by)


@pytest.mark.parametrize(("kind", "shape"), SHAPES)
def test_hostile_members_cost_their_record_alone(warehouse, kind: str, shape: str) -> None:
    record = TOOLS[kind, shape]["record"]
    sound = sound_records_of(kind, shape)
    lines = hostile_lines(record, SEED)
    for number, one in enumerate(sound):
        lines.insert(number * (len(lines) // 20), json.dumps(one))
    add_source(warehouse, kind, shape)
    warehouse.deliver(f"{kind}/a.jsonl", "\n".join(lines) + "\n")
    [result] = warehouse.load(kind).results
    check_sentences(result)
    assert (result.status, result.reason) == ("loaded", None)
    assert result.records == len(lines)
    assert accounted(result) == result.delivered
    if gives_a_row_each(kind, shape):
        assert result.delivered == len(lines)
    assert_sound_rows_loaded(warehouse, kind, shape, lines)


@pytest.mark.parametrize(("kind", "shape"), TABLES)
def test_hostile_cells_of_a_tool_cost_their_row_alone(warehouse, kind: str, shape: str) -> None:
    draw, tool = random.Random(SEED), TOOLS[kind, shape]
    rows = [tool["record"] | {c: t} for c in tool["record"] for t in draw.sample(TEXTS, 20)]
    draw.shuffle(rows)
    own = range(2, 2 + 20 * 5, 5)  # under a header
    for row, one in zip(own, sound_records_of(kind, shape), strict=True):
        rows.insert(row - 2, one)
    add_source(warehouse, kind, shape)
    warehouse.deliver(f"{kind}/a.csv", written(rows, "csv", warehouse.data_dir / "no.csv"))
    [result] = warehouse.load(kind).results
    check_sentences(result)
    assert (result.status, result.reason, result.records) == ("loaded", None, len(rows))
    assert accounted(result) == result.delivered
    if gives_a_row_each(kind, shape):
        assert result.delivered == len(rows)
    assert set(own) <= {row for (row,) in warehouse.rows(kind, "file_row")}


def assert_sound_rows_loaded(warehouse, kind: str, shape: str, lines: list[str]) -> None:
    """The sound rows by their own lines, on which nothing but the sound records lies."""
    own = {
        number
        for number, line in enumerate(lines, 1)
        if line in {json.dumps(one) for one in sound_records_of(kind, shape)}
    }
    loaded = {row for (row,) in warehouse.rows(kind, "file_row")}
    assert len(own) == 20
    assert own <= loaded


def test_every_tool_format_is_tried() -> None:
    tools = {(k, f) for k in KINDS for f in known_formats(k) if f not in ("canonical", "mapped")}
    assert tools == {(kind, format_of(shape)) for kind, shape in TOOLS}
    # A table without a header is tried by the tests of its own.
    read_as = {
        (k, f, c)
        for k, f in tools
        for c in read_format(k, f).reads
        if c == "json" or (c == "csv" and not read_format(k, f).fields)
    }
    tried = {(k, format_of(s), TOOLS[k, s].get("container", "json")) for k, s in TOOLS}
    assert read_as == tried


def hostile_rows(kind: str, seed: int) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    row = good(kind)
    rows = [row | {column: text} for column in row for text in draw.sample(TEXTS, 20)]
    draw.shuffle(rows)
    return rows


def sound_rows(kind: str) -> list[dict[str, str]]:
    key = key_of(kind)
    return [good(kind) | {key: f"sound{n}"} for n in range(20)]


def written(rows: list[dict[str, Any]], container: str, path: Path) -> bytes:
    if container == "parquet":
        header = list(dict.fromkeys(c for row in rows for c in row))
        columns = {c: pa.array([row.get(c) for row in rows], pa.string()) for c in header}
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path)
        return path.read_bytes()
    if container == "csv":
        file = io.StringIO()
        header = list(dict.fromkeys(c for row in rows for c in row))
        writer = csv.DictWriter(file, header, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
        return file.getvalue().encode()
    if container == "json":
        return json.dumps(rows, indent=1).encode()
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize("format", ["canonical", "mapped"])
@pytest.mark.parametrize("container", ["csv", "jsonl", "json", "parquet"])
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_texts_cost_their_row_alone(warehouse, kind, container, format) -> None:
    rows = hostile_rows(kind, SEED)
    for number, row in enumerate(sound_rows(kind)):
        rows.insert(number * 5, row)
    given = {"columns": {c: f'"{c}"' for c in GOOD[kind]}} if format == "mapped" else {}
    warehouse.source(kind, format, **given)
    content = written(rows, container, warehouse.data_dir / "plain.parquet")
    warehouse.deliver(f"{kind}/a.{container}", content)
    [result] = warehouse.load(kind).results
    check_sentences(result)
    assert (result.status, result.reason) == ("loaded", None)
    assert (result.delivered, accounted(result)) == (len(rows), len(rows))
    key = key_of(kind)
    assert len(warehouse.rows(kind, key, f"starts_with({key}, 'sound')")) == 20


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", ["canonical", "mapped"])
def test_hostile_members_of_generic_formats(warehouse, kind: str, format: str) -> None:
    lines = hostile_lines(good(kind), SEED)
    given = {"columns": {c: f'"{c}"' for c in GOOD[kind]}} if format == "mapped" else {}
    for number, row in enumerate(sound_rows(kind)):
        lines.insert(number * 5, json.dumps(row))
    warehouse.source(kind, format, **given)
    warehouse.deliver(f"{kind}/a.jsonl", "\n".join(lines) + "\n")
    [result] = warehouse.load(kind).results
    check_sentences(result)
    assert (result.status, result.reason) == ("loaded", None)
    assert (result.delivered, accounted(result)) == (len(lines), len(lines))
    key = key_of(kind)
    assert len(warehouse.rows(kind, key, f"starts_with({key}, 'sound')")) == 20


def damaged(content: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(content))
    how = draw.choice(["cut", "flip", "insert", "drop"])
    if how == "cut":
        return content[:at] or b"x"
    if how == "flip":
        return content[:at] + bytes([content[at] ^ (1 << draw.randrange(8))]) + content[at + 1 :]
    if how == "insert":
        return (
            content[:at] + draw.choice([b'"', b"\x00", b"\n", b"{", b"\xff", b","]) + content[at:]
        )
    return content[:at] + content[at + draw.randrange(1, 9) :]


@pytest.mark.parametrize("container", ["csv", "csv.gz", "jsonl", "json", "json.gz", "parquet"])
def test_damaged_bytes_add_up_or_are_rejected(warehouse, container: str) -> None:
    draw = random.Random(SEED)
    rows = [good("orders", order_id=f"o{n}", coupon='A, "B"') for n in range(30)]
    plain = container.removesuffix(".gz")
    content = written(rows, plain, warehouse.data_dir / "plain.parquet")
    if container.endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    contents = {damaged(content, draw) for _ in range(20)}
    for number, broken in enumerate(sorted(contents)):
        warehouse.deliver(f"orders/{number}.{container}", broken)
    warehouse.source("orders")
    results = warehouse.load("orders").results
    assert len(results) == len(contents)
    for result in results:
        check_sentences(result)
        assert accounted(result) == result.delivered
        assert (result.status == "rejected") == bool(result.reason)


def test_rows_of_csv_are_counted_by_the_tests_own_reader(warehouse) -> None:
    rows = hostile_rows("orders", SEED + 1)
    content = csv_of([{c: v.replace("\x00", "") for c, v in row.items()} for row in rows])
    counted = len(list(csv.reader(io.StringIO(content), strict=True))) - 1
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", content)
    [result] = warehouse.load("orders").results
    assert (result.delivered, accounted(result)) == (counted, counted)


RAW_CSV = ['"open', 'close"', '"', 'a"b', '"a"b', "a\rb", '"a\rb"', '"a, ""b"""', '""', "''", "\t",
           '"two\nlines"', '"a, b\n""c"""', '"\n\n"', b"caf\xe9", b'"\xff\n\xfe"']  # fmt: skip


def key_of(kind: str) -> str:
    return read_contract(kind).key[-1]


def text_of(kind: str) -> str:
    """A column of text that may hold anything, or nearly so."""
    columns = [
        c for c in read_contract(kind).columns if c.type == "text" and c.name != key_of(kind)
    ]
    free = [c for c in columns if not (c.required or c.values or c.pattern)]
    return (free or columns)[0].name


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_raw_values_of_csv_cost_their_row_alone(warehouse, kind: str, seed: int, ends: str) -> None:
    """Quotes that pair up or do not, line ends of all kinds and bytes that are not UTF-8, as no
    writer of CSV would leave them."""
    draw = random.Random(f"{kind} {seed}")
    raw = {number: draw.choice(RAW_CSV) for number in draw.sample(range(1, 81), 12)}
    pair = draw.randrange(1, 80)
    raw |= {pair: '"open', pair + 1: 'close"'}
    key, free_text = key_of(kind), text_of(kind)
    plain = good(kind, **{key: None, free_text: None})
    plain = {column: value for column, value in plain.items() if not set(value) & set('",')}
    content = [",".join([key, *plain, free_text]).encode()]
    for number in range(1, 81):
        free = raw.get(number, f"A{number}" if seed % 2 else good(kind).get(free_text, ""))
        free = free if isinstance(free, bytes) else free.encode()
        content.append(",".join([f"k{number}", *plain.values(), ""]).encode() + free)
    warehouse.source(kind)
    warehouse.deliver(f"{kind}/a.csv", ends.encode().join([*content, b""]))
    [result] = warehouse.load(kind).results
    check_sentences(result)
    assert (result.status, result.delivered) == ("loaded", 80)
    loaded = {int(own.removeprefix("k")) for (own,) in warehouse.rows(kind, key)}
    assert set(range(1, 81)) - set(raw) <= loaded
    assert result.quarantined == 80 - len(loaded)
