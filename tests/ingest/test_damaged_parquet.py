"""A Parquet file of which fewer rows can be read than its footer tells is no whole file."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ingest.rows import good

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
    rejected = [r.reason for r in found.values() if r.status == "refused"]
    assert len(rejected) == 1 + 1 + len(good("orders"))  # the file's, the row group's, the columns'
    assert all("the Parquet file is damaged: its footer tells" in reason for reason in rejected)
