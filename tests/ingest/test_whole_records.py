"""Records made of several rows: what is wrong with one row costs its record, and no other."""

import json

import pytest

from tests.ingest.rows import csv_of

COLUMNS = {
    "order_id": "id",
    "ordered_at": "min(day)",
    "customer_id": "any_value(who)",
    "net_amount": "sum(cast(price as decimal(9, 2)) * 1)",
    "currency": "'EUR'",
}


def lines(changes: dict[int, dict[str, str]]) -> list[dict[str, str]]:
    """Five orders of three lines each, of which the numbered ones (from 1) are changed."""
    return [
        {"id": f"o{(number + 2) // 3}", "day": "2026-02-01", "who": "c1", "price": "2.00"}
        | changes.get(number, {})
        for number in range(1, 16)
    ]


def json_of(row: dict[str, str]) -> str:
    return json.dumps(row, ensure_ascii=False)


def load(warehouse, container: str, rows: list[dict[str, str]], **given):
    warehouse.source("orders", "mapped", **({"columns": COLUMNS, "group_by": ["order_id"]} | given))
    text = csv_of(rows) if container == "csv" else "\n".join(map(json_of, rows))
    # The sign stands for a byte that is not UTF-8.
    warehouse.deliver(f"orders/a.{container}", text.encode().replace("§".encode(), b"\xa7"))
    if container == "parquet":
        path = warehouse.deliver("plain.csv", csv_of(rows))
        target = warehouse.deliver("orders/a.parquet", b"")
        warehouse.query(f"copy (from read_csv('{path}', all_varchar = true)) to '{target}'")
    (result,) = warehouse.load("orders").results
    return result


def check(warehouse, result, lost: set[str], reasons: dict[str, int]) -> None:
    quarantined = sum(reasons.values())
    assert (result.status, result.reason) == ("loaded", None)
    assert (result.records, result.quarantine_reasons) == (15, reasons)
    assert (result.delivered, result.loaded) == (5 - len(lost) + quarantined, 5 - len(lost))
    kept = {f"o{number}" for number in range(1, 6)} - lost
    assert set(warehouse.rows("orders", "order_id, net_amount::varchar")) == {
        (order_id, "6.00") for order_id in kept
    }


@pytest.mark.parametrize("container", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("bad", [{2}, {1, 15}, {4, 5, 6}])
def test_a_value_that_cannot_be_read_costs_its_record(warehouse, container, bad) -> None:
    lost = {f"o{(number + 2) // 3}" for number in bad}
    result = load(warehouse, container, lines({row: {"price": "n/a"} for row in bad}))
    rest = 3 * len(lost) - len(bad)
    reasons = {"unreadable_value": len(bad)} | ({"record_incomplete": rest} if rest else {})
    check(warehouse, result, lost, reasons)


@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_a_word_among_numbers_costs_its_record(warehouse, container: str) -> None:
    rows = lines({8: {"price": "n/a"}})
    if container == "jsonl":
        rows = [row | {"price": 2} if row["price"] == "2.00" else row for row in rows]
    result = load(warehouse, container, rows, columns=COLUMNS | {"net_amount": "sum(price)"})
    reason = "unreadable_value" if container == "csv" else "wrong_member_type"
    check(warehouse, result, {"o3"}, {reason: 1, "record_incomplete": 2})


@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_a_byte_that_is_not_utf_8_costs_its_record(warehouse, container: str) -> None:
    result = load(warehouse, container, lines({8: {"who": "§"}}))
    check(warehouse, result, {"o3"}, {"not_utf8": 1, "record_incomplete": 2})


def test_a_row_that_its_source_leaves_out_costs_no_record(warehouse) -> None:
    rows = lines({8: {"who": "§"}, 7: {"price": "0"}, 9: {"price": "0"}})
    result = load(warehouse, "csv", rows, where="cast(price as decimal(9, 2)) > 0")
    assert result.quarantine_reasons == {"not_utf8": 1}
    assert result.loaded == 4


ONE_OF = "id in (select unnest(['o1', 'o2', 'o3', 'o4', 'o5']))"


@pytest.mark.parametrize("container", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    ("where", "key"), [(ONE_OF, "id"), ("random() >= 0", "id"), (None, "(select id)")]
)
@pytest.mark.parametrize("bad", [None, {"who": "§"}, {"price": "n/a"}])
def test_a_definition_that_cannot_be_tried_is_taken(warehouse, container, where, key, bad) -> None:
    """The database tries no subquery and nothing volatile."""
    if container == "parquet" and bad == {"who": "§"}:
        bad = None
    given = {"columns": COLUMNS | {"order_id": key}} | ({"where": where} if where else {})
    result = load(warehouse, container, lines({8: bad} if bad else {}), **given)
    reason = "not_utf8" if bad == {"who": "§"} else "unreadable_value"
    lost, reasons = ({"o3"}, {reason: 1, "record_incomplete": 2}) if bad else (set(), {})
    check(warehouse, result, lost, reasons)


def test_an_odd_value_costs_its_row_also_where_nothing_can_be_tried(warehouse) -> None:
    columns = COLUMNS | {"ordered_at": "day", "customer_id": "who",
                         "net_amount": "cast(price as decimal(9, 2))"}  # fmt: skip
    rows = lines({8: {"price": "n/a"}})
    result = load(warehouse, "csv", rows, columns=columns, group_by=[], where=ONE_OF)
    assert (result.reason, result.delivered) == (None, 15)
    assert result.quarantine_reasons == {"unreadable_value": 1}


def test_a_file_of_which_every_record_fails_is_rejected(warehouse) -> None:
    result = load(warehouse, "csv", lines({row: {"price": "n/a"} for row in range(1, 16, 3)}))
    assert result.status == "refused"
    assert "cannot be read as mapped" in result.reason


def test_an_order_of_another_file_is_another_record(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=COLUMNS, group_by=["order_id"])
    warehouse.deliver("orders/a.csv", csv_of(lines({2: {"price": "n/a"}})))
    warehouse.deliver("orders/b.csv", csv_of(lines({})))
    first, second = warehouse.load("orders").results
    assert (first.loaded, first.quarantined) == (4, 3)
    assert second.loaded + second.duplicate == 5
    assert len(warehouse.rows("orders")) == 5
