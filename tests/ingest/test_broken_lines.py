"""Lines of a CSV file that are set aside: the others keep their numbers, in linear time."""

import time

from tests.ingest.quoted_orders import HEADER, load, order

AS_LONG = 4


def loaded_in(warehouse, count: int) -> float:
    """Processor time of a load of which half the lines have too many fields, in pairs."""
    rows = (order(n, "x,y" if n % 4 < 2 else "x") for n in range(1, count + 1))
    begun = time.process_time()
    (result,) = load(warehouse, HEADER + "".join(rows), f"{count}.csv").results
    taken = time.process_time() - begun
    assert (result.delivered, result.quarantined) == (count, count // 2)
    return taken


def test_broken_lines_are_numbered_in_linear_time(warehouse) -> None:
    few = loaded_in(warehouse, 8_000)
    many = loaded_in(warehouse, 8_000 * AS_LONG)
    assert many < few * AS_LONG
    assert warehouse.rows("orders", "count(*)", "file_row <> cast(order_id as bigint) + 1") == [
        (0,)
    ]
    misplaced = "count_if(file_row <> cast(split_part(row_text, ',', 1) as bigint) + 1)"
    assert warehouse.quarantine("orders", misplaced) == [(0,)]
