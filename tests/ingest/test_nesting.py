"""Objects that lie deep in one another, and members that are not text in every record."""

import json
from typing import Any

import duckdb
import pytest

from journey.ingest.read import nesting
from tests.ingest.rows import good


def nested(levels: int) -> dict[str, Any]:
    value: Any = "a{["
    for _ in range(levels):
        value = {'b"[': value}
    return value


@pytest.mark.parametrize("levels", [1, nesting.DEEPEST - 1, nesting.DEEPEST, 121, 128, 129, 400])
def test_levels_are_counted_exactly(levels: int) -> None:
    wide = [{"a": []}] * 300
    line = json.dumps(nested(levels) | {"wide": wide})
    query = f"select {nesting.is_too_deep('line')} from (select $line as line)"
    ((found,),) = duckdb.sql(query, params={"line": line}).fetchall()
    assert found == (levels > nesting.DEEPEST)


def test_a_deep_record_costs_itself(warehouse) -> None:
    warehouse.source("orders", "mapped", columns={c: c for c in good("orders")})
    rows = [good("orders", order_id=f"o{n}") for n in range(3)]
    rows[1] |= {"more": nested(200)}
    warehouse.deliver("orders/a.jsonl", rows)
    [result] = warehouse.load("orders").results
    assert (result.delivered, result.loaded) == (3, 2)
    assert result.quarantine_reasons == {"nested_too_deep": 1}


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize("is_document", [True, False], ids=["document", "lines"])
@pytest.mark.parametrize("format", ["canonical", "mapped"])
def test_a_record_that_is_too_deep_for_python_costs_itself(
    warehouse, format: str, is_document: bool, first: bool
) -> None:
    columns = {c: c for c in good("orders")} if format == "mapped" else {}
    warehouse.source("orders", format, columns=columns)
    lines = [json.dumps(good("orders", order_id=f"o{n}")) for n in range(3)]
    deep = lines[0].replace("o0", "deep")[:-1] + ', "more": ' + "[" * 5000 + "]" * 5000 + "}"
    lines.insert(0 if first else 3, deep)
    content = "[" + ",\n".join(lines) + "]" if is_document else "\n".join(lines)
    warehouse.deliver("orders/a.json", content)
    [result] = warehouse.load("orders").results
    assert (result.delivered, result.loaded, result.quarantined) == (4, 3, 1)


@pytest.mark.parametrize("odd", [{"a": 1}, ["a"], 7, True])
def test_one_odd_record_does_not_put_the_others_into_quotes(warehouse, odd: Any) -> None:
    warehouse.source("orders", "mapped", columns={c: c for c in good("orders")})
    rows = [good("orders"), good("orders", order_id="o2") | {"customer_id": odd, "coupon": odd}]
    warehouse.deliver("orders/a.jsonl", rows)
    warehouse.load("orders")
    assert warehouse.rows("orders", "customer_id", "order_id = 'o1'") == [("c1",)]
