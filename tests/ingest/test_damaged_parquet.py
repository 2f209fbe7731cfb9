"""A Parquet file of which fewer rows can be read than its footer gives is no whole file."""

import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ingest.hostile import check_sentences
from tests.ingest.rows import csv_of, good

DATA = Path(__file__).parent / "data"
SEED, DAMAGES = 9, 16
ROWS, FEWER = 50, 47
I64 = 0x16  # the next field of the footer, a number of 64 bits; it follows as twice the number


def footer_of(content: bytes) -> int:
    return len(content) - 8 - int.from_bytes(content[-8:-4], "little")


def changed(content: bytes, which: int) -> bytes:
    """The file with one of the counts in its footer lowered."""
    at = footer_of(content)
    for _ in range(which + 1):
        at = content.index(bytes([I64, 2 * ROWS]), at) + 1
    return content[:at] + bytes([2 * FEWER]) + content[at + 1 :]


@pytest.fixture
def content(tmp_path) -> bytes:
    rows = [good("orders", order_id=str(number)) for number in range(ROWS)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a", use_dictionary=False)
    return (tmp_path / "a").read_bytes()


def test_a_count_that_is_wrong_anywhere_in_the_footer_rejects_the_file(warehouse, content) -> None:
    warehouse.source("orders")
    count = content.count(bytes([I64, 2 * ROWS]), footer_of(content))
    for which in range(count):
        warehouse.deliver(f"orders/{which}.parquet", changed(content, which))
    warehouse.deliver("orders/whole [1].parquet", content)
    found = {r.file_name.rpartition("/")[2]: r for r in warehouse.load("orders").results}
    assert found.pop("whole [1].parquet").delivered == ROWS
    # Some of these numbers are sizes of as many bytes, which cost no row.
    assert {r.delivered for r in found.values() if r.status == "loaded"} <= {ROWS}
    rejected = [r.reason for r in found.values() if r.status == "rejected"]
    assert len(rejected) == 1 + 1 + len(good("orders"))  # the file's, the row group's, the columns'
    assert all("the Parquet file is damaged: its footer gives" in reason for reason in rejected)


def test_a_file_that_the_database_breaks_down_over_costs_itself(warehouse, content) -> None:
    breaking = DATA / "breaking.parquet"
    with duckdb.connect() as own:
        with pytest.raises(duckdb.InternalException):
            own.execute(f"select max(hash(row)) from read_parquet('{breaking}') as row")
        with pytest.raises(duckdb.FatalException):
            own.execute("select 1")
    warehouse.deliver("orders/a.parquet", breaking.read_bytes())
    warehouse.deliver("orders/b.parquet", content)
    warehouse.deliver("orders/d.csv", csv_of([good("orders", order_id="d1")]))
    warehouse.deliver("orders/e.csv", "order_id\n1\n")
    warehouse.source("orders")
    pending = warehouse.load("orders")
    found = {r.file_name.rpartition("/")[2]: r for r in pending.results}
    assert found["b.parquet"].delivered == ROWS
    assert found["d.csv"].loaded == 1
    assert len(warehouse.rows("orders")) == found["b.parquet"].loaded + 1
    assert found["a.parquet"].reason.endswith("the database breaks down over; deliver it again")
    assert "its header lacks" in found["e.csv"].reason
    assert not warehouse.load("orders").results


def test_any_byte_may_be_damaged(warehouse, tmp_path) -> None:
    """Whatever the byte, what can be read adds up and the sound file loads."""
    draw = random.Random(SEED)
    rows = [good("orders", order_id=f"o{n}", coupon="A" * (n % 5)) for n in range(40)]
    contents = []
    for given in (
        {"compression": "none"},
        {"use_dictionary": False, "compression": "none"},
        {"use_dictionary": False, "column_encoding": "DELTA_BYTE_ARRAY"},
    ):
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a", **given)
        contents.append((tmp_path / "a").read_bytes())
    for number in range(DAMAGES):
        content = bytearray(draw.choice(contents))
        content[draw.randrange(len(content))] = draw.randrange(256)
        warehouse.deliver(f"orders/{number}.parquet", bytes(content))
    warehouse.deliver("orders/sound.parquet", contents[0])
    warehouse.source("orders")
    results = warehouse.load("orders").results
    assert len(results) == DAMAGES + 1
    for result in results:
        check_sentences(result)
        said = result.loaded + result.duplicate + result.restated + result.quarantined
        assert (result.status == "rejected") == bool(result.reason)
        assert said == result.delivered
    assert results[-1].status == "loaded"
    assert results[-1].delivered == 40


def test_memory_that_a_damaged_file_asks_for_is_its_own_fault(warehouse, content) -> None:
    """A number of the file says how much memory is wanted: a terabyte, for a few rows."""
    asking = (DATA / "asking_for_memory.parquet").read_bytes()
    warehouse.deliver("orders/a.parquet", asking)
    warehouse.deliver("orders/b.parquet", content)
    warehouse.source("orders")
    first, second = warehouse.load("orders").results
    assert "does not fit into memory_limit" in first.reason
    assert second.delivered == ROWS


def test_text_that_is_not_utf_8_is_read_with_its_bytes_as_codes(warehouse, tmp_path) -> None:
    rows = [good("orders", order_id=f"o{n}", coupon="cafeX") for n in range(9)]
    pq.write_table(
        pa.Table.from_pylist(rows), tmp_path / "a", compression="none", use_dictionary=False
    )
    content = (tmp_path / "a").read_bytes()
    at = content.rindex(b"\x05\x00\x00\x00cafeX") + 4
    warehouse.deliver("orders/a.parquet", content[:at] + b"caf\xe9X" + content[at + 5 :])
    warehouse.deliver("orders/b.parquet", content)
    warehouse.source("orders")
    first, second = warehouse.load("orders").results
    assert (first.reason, first.delivered, second.duplicate + second.restated) == (None, 9, 9)
    warehouse.source("orders", "mapped", name="again", columns={c: c for c in rows[0]})
    warehouse.deliver("again/a.parquet", content[:at] + b"caf\xe9X" + content[at + 5 :])
    (mapped,) = warehouse.load("orders").results
    assert mapped.loaded == 9
    coupons = warehouse.rows("orders", "coupon", "source = 'again'")
    assert sorted(coupons) == [("caf\\xE9X",), *[("cafeX",)] * 8]


def test_text_in_lists_that_is_not_utf_8_is_named(warehouse, tmp_path) -> None:
    rows = [good("orders") | {"notes": [{"note": "cafeX"}]}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a", compression="none",
                   use_dictionary=False, write_statistics=False)  # fmt: skip
    content = (tmp_path / "a").read_bytes().replace(b"cafeX", b"caf\xe9X")
    columns = {c: c for c in good("orders")} | {"coupon": "notes[1].note"}
    warehouse.source("orders", "mapped", columns=columns)
    warehouse.deliver("orders/a.parquet", content)
    (result,) = warehouse.load("orders").results
    assert result.reason.endswith("text in one of its lists or objects is not UTF-8; export it as "
                                  "UTF-8")  # fmt: skip


def test_few_bytes_that_stand_for_many_values_are_too_large(warehouse, tmp_path) -> None:
    given = good("orders")
    for name, rows, changes in (
        ("numbers", 1_000_000, {}),
        ("texts", 5_000, {"coupon": "x" * 3_000}),
    ):
        zeros = pa.array([0] * rows, pa.int32())
        table = pa.table(
            {
                column: pa.DictionaryArray.from_arrays(zeros, pa.array([value]))
                for column, value in (given | changes).items()
            }
        )
        pq.write_table(table, tmp_path / name)
        assert (tmp_path / name).stat().st_size < 200_000
        warehouse.deliver(f"orders/{name}.parquet", (tmp_path / name).read_bytes())
    pq.write_table(pa.Table.from_pylist([given]), tmp_path / "small")
    warehouse.deliver("orders/small.parquet", (tmp_path / "small").read_bytes())
    warehouse.source("orders")
    warehouse.given = {"max_unpacked_size": "9MB"}
    found = {r.file_name.rpartition("/")[2]: r for r in warehouse.load("orders").results}
    assert found["small.parquet"].loaded == 1
    for name in ("numbers", "texts"):
        assert "MB, more than 9.0 MB; deliver it in parts" in found[f"{name}.parquet"].reason
    assert not warehouse.load("orders").results


@pytest.mark.parametrize("column", ["file_index", "File_Row_Number"])
def test_a_column_that_hides_the_databases_own_costs_its_file(warehouse, column: str) -> None:
    warehouse.source("orders", "mapped", columns={c: c for c in good("orders")})
    rows = ", ".join(f"'{value}' as {name}" for name, value in good("orders").items())
    for number in (1, 2):
        path = warehouse.deliver(f"orders/{number}.parquet", b"")
        more = f", {2 - number} as {column}" if number == 1 else ""
        warehouse.query(f"copy (select {rows}{more}) to '{path}'")
    first, second = warehouse.load("orders").results
    assert f"it has a column {column.lower()}" in first.reason
    assert (second.reason, second.loaded) == (None, 1)
