"""CSV files that have no header: their columns are named by the source."""

import pytest

from tests.ingest.conftest import Warehouse

NAMES = ("order_id", "ordered_at", "customer_id", "net_amount", "currency")
ROWS = ["1,2026-02-01,7,1.50,GBP", "2,2026-02-01,8,2.50,GBP"]
KEPT = "order_id, net_amount::varchar, file_row"
TWO = [("1", "1.50", 1), ("2", "2.50", 2)]


def load(warehouse: Warehouse, text: str, name: str = "a.csv"):
    warehouse.source("orders", header=False, header_names=NAMES)
    warehouse.deliver(f"orders/{name}", text)
    [result] = warehouse.load("orders").results
    return result


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_first_line_is_a_row(warehouse, separator: str, end: str) -> None:
    text = end.join(ROWS).replace(",", separator) + end
    result = load(warehouse, text)
    assert (result.records, result.delivered, result.loaded) == (2, 2, 2)
    assert warehouse.rows("orders", KEPT) == TWO


def test_a_header_that_is_there_all_the_same_is_no_row(warehouse) -> None:
    result = load(warehouse, "\n".join([",".join(NAMES).upper(), *ROWS]))
    assert (result.records, result.loaded) == (2, 2)


def test_values_with_separators_and_line_ends_are_values(warehouse) -> None:
    rows = ['"1","2026-02-01","7,\n8",1.50,GBP', '"2,2",2026-02-01,8,"2.50",GBP']
    result = load(warehouse, "\n".join(rows))
    assert (result.records, result.loaded) == (2, 2)
    assert [row[0] for row in warehouse.rows("orders", "order_id")] == ["1", "2,2"]


def test_a_row_with_another_number_of_fields_costs_itself(warehouse) -> None:
    result = load(warehouse, "\n".join([*ROWS, "3,2026-02-01,9"]))
    assert (result.loaded, result.quarantine_reasons) == (2, {"wrong_field_count": 1})


def test_names_that_do_not_fit_are_said(warehouse) -> None:
    result = load(warehouse, "1;2\n3;4\n")
    assert result.status == "rejected"
    assert (
        "its first line has 2 fields, and header_names of the source has 5 names" in result.reason
    )


def test_other_names_read_the_files_again(warehouse) -> None:
    load(warehouse, "\n".join(ROWS))
    names = ("order_id", "ordered_at", "customer_id", "total_amount", "currency")
    warehouse.source(
        "orders",
        "mapped",
        header=False,
        header_names=names,
        columns={name: name for name in NAMES} | {"net_amount": "total_amount * 2"},
    )
    [result] = warehouse.load("orders").results
    assert result.status == "loaded", result.reason
    assert warehouse.rows("orders", "net_amount::varchar") == [("3.00",), ("5.00",)]
