"""What a database stumbles on in one row costs that row, whatever the expression."""

import pytest

from .conftest import Warehouse

COLUMNS = {
    "order_id": "id",
    "ordered_at": "min(day)",
    "customer_id": "any_value(client)",
    "net_amount": "sum(cast(amount as decimal(18, 2)))",
    "currency": "'GBP'",
}
LINES = [f"{number},2026-02-01,c,1.50" for number in range(1, 41)]


@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_a_value_that_an_aggregate_stumbles_on_costs_its_row(warehouse: Warehouse, container: str):
    warehouse.source("orders", "mapped", columns=COLUMNS, group_by=("order_id",))
    lines = [line.split(",") for line in LINES]
    lines[6][3], lines[29][3] = "much", "1e40"
    if container == "csv":
        header = "id,day,client,amount\n"
        warehouse.deliver("orders/a.csv", header + "".join(",".join(x) + "\n" for x in lines))
    else:
        names = ("id", "day", "client", "amount")
        warehouse.deliver("orders/a.jsonl", [dict(zip(names, line, strict=True)) for line in lines])
    warehouse.deliver("orders/b.csv", "id,day,client,amount\n99,2026-02-01,c,1.50\n")
    pending = warehouse.load("orders")
    assert {result.status for result in pending.results} == {"loaded"}
    assert len(warehouse.rows("orders")) == 39
    assert warehouse.quarantine("orders", "reason") == [("unreadable_value",)] * 2
    assert sum(result.quarantined for result in pending.results) == 2


def test_a_statement_that_no_row_alone_makes_fail_costs_its_file(warehouse: Warehouse):
    columns = COLUMNS | {"net_amount": "cast(sum(amount) as decimal(3, 2))"}
    warehouse.source("orders", "mapped", columns=columns, group_by=("order_id",))
    rows = "".join(f"1,2026-02-01,c,{amount}\n" for amount in ("6.5", "6.5"))
    warehouse.deliver("orders/a.csv", "id,day,client,amount\n" + rows)
    pending = warehouse.load("orders")
    assert [result.status for result in pending.results] == ["refused"]
