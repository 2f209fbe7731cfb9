"""A name that a file gives more than once, or not at all, costs what needs it and nothing else."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ingest.hostile import RECORDS
from tests.ingest.rows import good

GIVEN = good("orders")
SAME = {column: column for column in GIVEN}


def csv(*more: tuple[str, str]) -> str:
    pairs = [*GIVEN.items(), *more]
    return "".join(",".join(part) + "\n" for part in zip(*pairs, strict=True))


def parquet(path, *more: tuple[str, str]) -> bytes:
    pairs = [*GIVEN.items(), *more]
    pq.write_table(
        pa.table([pa.array([value]) for _, value in pairs], names=[name for name, _ in pairs]), path
    )
    return path.read_bytes()


def load(warehouse, format: str, name: str, content):
    given = {"columns": SAME} if format == "mapped" else {}
    warehouse.source("orders", format, **given)
    warehouse.deliver(f"orders/{name}", content)
    return warehouse.load("orders").results[0]


@pytest.mark.parametrize("format", ["canonical", "mapped"])
@pytest.mark.parametrize("container", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["Status", "status"])
def test_a_name_that_is_needed_and_given_twice_is_named(
    warehouse, tmp_path, format, container, name
) -> None:
    more = (name, "cancelled")
    content = csv(more) if container == "csv" else parquet(tmp_path / "a", more)
    result = load(warehouse, format, f"a.{container}", content)
    assert " 'status' twice; " in result.reason


@pytest.mark.parametrize("container", ["csv", "parquet"])
def test_a_name_that_is_not_needed_may_be_given_twice(warehouse, tmp_path, container) -> None:
    more = [("note", "a"), ("Note", "b"), ("_row", "9"), ("_file", "8"), ("", "7")]
    content = csv(*more) if container == "csv" else parquet(tmp_path / "a", *more)
    result = load(warehouse, "mapped", f"a.{container}", content)
    assert (result.reason, result.loaded) == (None, 1)


@pytest.mark.parametrize("format", ["canonical", "mapped"])
def test_columns_without_a_name_are_none(warehouse, format) -> None:
    result = load(warehouse, format, "a.csv", csv(("", "0"), ("", "1")))
    assert (result.reason, result.loaded) == (None, 1)


@pytest.mark.parametrize(
    ("more", "loaded"),
    [('"status":"cancelled"', 1), ('"Status":"cancelled"', 1), ('"note":1,"Note":2,"note":3', 2),
     ('"":1', 2), ('"":1,"":2', 2), ('"_row":1,"_file":"x"', 2)],
)  # fmt: skip
def test_members_of_one_name_cost_their_record_where_it_is_needed(warehouse, more, loaded) -> None:
    odd = json.dumps(GIVEN)[:-1] + f",{more}}}\n"
    content = odd + json.dumps(GIVEN | {"order_id": "o2"})
    result = load(warehouse, "mapped", "a.jsonl", content)
    assert (result.reason, result.delivered, result.loaded) == (None, 2, loaded)


def test_members_of_objects_that_are_spelled_otherwise_cost_their_record(warehouse) -> None:
    records = [GIVEN | {"order_id": f"o{n}", "state": {"of": {"Status": "paid"}}} for n in range(4)]
    records[0]["state"] = {"of": {"status": "cancelled"}}
    records[1]["state"] = {"of": {"Status": "paid", "status": "cancelled"}}
    records[2]["note"] = {"Status": 1, "status": 2}
    columns = SAME | {"status": "state.of.status", "order_id": "order_id"}
    warehouse.source("orders", "mapped", columns=columns)
    warehouse.deliver("orders/a.jsonl", records)
    (result,) = warehouse.load("orders").results
    assert result.quarantine_reasons == {"member_given_twice": 1, "member_spelled_otherwise": 1}
    assert warehouse.rows("orders", "order_id, status") == [("o2", "paid"), ("o3", "paid")]


@pytest.mark.parametrize("name", ['a"b', "a.b", "", "a'b", "$", "a\\b", "*", "/a~1", "[0]"])
def test_a_document_may_list_its_records_under_any_name(warehouse, name) -> None:
    result = load(warehouse, "canonical", "a.json", json.dumps({name: [GIVEN]}, indent=1))
    assert (result.reason, result.loaded) == (None, 1)


@pytest.mark.parametrize("kind", ["orders", "refunds"])
@pytest.mark.parametrize(("name", "indent"), [("a.json", 1), ("a.jsonl", None)])
def test_two_lists_of_one_name_are_not_taken_for_one(warehouse, kind, name, indent) -> None:
    order = RECORDS["orders", "shopify"] | {"refunds": [RECORDS["refunds", "shopify"]]}
    lists = f'"orders": {json.dumps([order], indent=indent)}'
    content = f"{{{lists}, {lists}}}\n" + ("" if indent else json.dumps(order))
    warehouse.source(kind, "shopify")
    warehouse.deliver(f"{kind}/{name}", content)
    (result,) = warehouse.load(kind).results
    assert result.quarantine_reasons == {"member_given_twice": 1}


def test_records_under_two_names_are_all_read(warehouse) -> None:
    order = RECORDS["orders", "shopify"]
    content = json.dumps({"orders": [order], "order": order | {"id": 2}})
    warehouse.source("orders", "shopify")
    warehouse.deliver("orders/a.json", content)
    assert warehouse.load("orders").results[0].loaded == 2


def test_a_record_without_any_member_of_the_format_is_counted(warehouse) -> None:
    warehouse.source("refunds", "shopify")
    warehouse.deliver("refunds/a.jsonl", [{"Invoices": []}, {}, RECORDS["refunds", "shopify"]])
    (result,) = warehouse.load("refunds").results
    assert (result.delivered, result.loaded, result.quarantined) == (3, 1, 2)
    assert "none of the members" in result.examples["wrong_member_type"]


@pytest.mark.parametrize("container", ["csv", "jsonl", "json", "parquet"])
def test_a_name_with_a_backslash_is_a_name(warehouse, tmp_path, container) -> None:
    """In SQL, in JSON paths and in CSV headers a backslash has ways of its own."""
    odd = {"net\\amount": "7", "\\n": "GBP", "a\\": "o7", 'b\\"': "c7"}
    given = odd | {"ordered_at": "2026-02-01 10:00:00"}
    columns = {
        "order_id": '"a\\"',
        "customer_id": '"b\\"""',
        "net_amount": 'try_cast("net\\amount" as decimal(18, 2))',
        "currency": '"\\n"',
        "ordered_at": "ordered_at",
    }
    quoted = [
        ",".join('"' + f.replace('"', '""') + '"' for f in part) for part in (given, given.values())
    ]
    content = {
        "csv": "\n".join(quoted) + "\n",
        "jsonl": json.dumps(given),
        "json": json.dumps([given]),
    }.get(container)
    if container == "parquet":
        pq.write_table(pa.Table.from_pylist([given]), tmp_path / "a")
        content = (tmp_path / "a").read_bytes()
    warehouse.source("orders", "mapped", columns=columns)
    warehouse.deliver(f"orders/a.{container}", content)
    (result,) = warehouse.load("orders").results
    assert (result.reason, result.loaded) == (None, 1)
    assert warehouse.rows("orders", "order_id, customer_id, net_amount::int, currency") == [
        ("o7", "c7", 7, "GBP")
    ]


PARAMS = '[{"key": "a", "value": {"int_value": 1, %s: 2}}]'
SHIPPING = '[{"price": "1"}, {"tax_lines": [{"price": 1, %s: 2}]}]'
PAYMENTS = '[{"kind": "refund", "amount": "1", %s: "2"}]'
IN_LISTS = {
    ("web_events", "ga4"): ("event_params", PARAMS, "int_value"),
    ("orders", "shopify"): ("shipping_lines", SHIPPING, "price"),
    ("refunds", "shopify"): ("transactions", PAYMENTS, "amount"),
}


@pytest.mark.parametrize("case", [str, str.upper])
@pytest.mark.parametrize(("kind", "format"), IN_LISTS)
def test_a_member_given_twice_within_a_list_costs_its_record(
    warehouse, kind: str, format: str, case
) -> None:
    record = RECORDS[kind, format]
    member, elements, inner = IN_LISTS[kind, format]
    elements = elements % json.dumps(case(inner))
    odd = json.dumps(record | {member: "MARK"}).replace('"MARK"', elements)
    warehouse.source(kind, format)
    warehouse.deliver(f"{kind}/a.jsonl", f"{odd}\n{json.dumps(record)}")
    (result,) = warehouse.load(kind).results
    assert (result.records, result.quarantine_reasons) == (2, {"member_given_twice": 1})
    assert warehouse.quarantine(kind, "row_text") == [(odd,)]


FREE = '{"of": [{"a": 1, %s: 2}], "list": [[{"b": {"c": 1, "C": 2}}]]}'


@pytest.mark.parametrize(
    ("kind", "format", "member"),
    [
        ("web_events", "canonical", "properties"),
        ("web_events", "canonical", "Properties"),
        ("web_events", "segment", "properties"),
        ("web_events", "klaviyo", "included"),
        ("email_events", "mailgun", "campaigns"),
        ("orders", "mapped", "net"),
    ],
)
def test_a_name_given_twice_deep_in_free_json_costs_its_record(
    warehouse, kind: str, format: str, member: str
) -> None:
    """A mapping that names a member and nothing in it takes it as it comes."""
    record = RECORDS.get((kind, format)) or good(kind)
    record = {name: value for name, value in record.items() if name.lower() != member.lower()}
    given = {"columns": SAME | {"net_amount": "length(cast(net as varchar))"}}
    free = f"[{FREE}]" if member in ("included", "campaigns") else FREE
    lines = [
        json.dumps(record | {member: "MARK"}).replace('"MARK"', free % json.dumps(name))
        for name in ("a", "A")
    ]
    warehouse.source(kind, format, **(given if format == "mapped" else {}))
    warehouse.deliver(f"{kind}/a.jsonl", "\n".join(lines))
    (result,) = warehouse.load(kind).results
    assert (result.records, result.quarantine_reasons) == (2, {"member_given_twice": 1})
    assert warehouse.quarantine(kind, "row_text") == [(lines[0],)]


@pytest.mark.parametrize("again", ["amount", "Amount"])
@pytest.mark.parametrize("place", ['{"amount": "1", "%s": "2"}', '[{"amount": "1", "%s": "2"}]'])
def test_a_member_given_twice_costs_its_record_wherever_a_mapping_looks(
    warehouse, place: str, again: str
) -> None:
    amount = "net[1].amount" if place.startswith("[") else "net.amount"
    lines = [
        json.dumps(GIVEN | {"order_id": order_id, "net": "MARK"}).replace('"MARK"', net)
        for order_id, net in (("o1", place % "note"), ("o2", place % again))
    ]
    warehouse.source("orders", "mapped", columns=SAME | {"net_amount": amount})
    warehouse.deliver("orders/a.jsonl", "\n".join(lines))
    (result,) = warehouse.load("orders").results
    assert result.quarantine_reasons == {"member_given_twice": 1}
    assert warehouse.rows("orders", "order_id") == [("o1",)]


def test_what_is_not_of_the_format_may_be_given_twice(warehouse) -> None:
    record = RECORDS["orders", "shopify"]
    warehouse.source("orders", "shopify")
    warehouse.deliver("orders/a.jsonl", json.dumps(record)[:-1] + ',"note":"a","note":"b"}')
    assert warehouse.load("orders").results[0].loaded == 1


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("kind", "wrapper"),
    [("orders", "Orders"), ("orders", "ORDER"), ("refunds", "Refunds"), ("refunds", "reFund")],
)
def test_what_records_lie_under_is_known_in_any_case(warehouse, kind, wrapper, indent) -> None:
    record = RECORDS[kind, "shopify"]
    is_list = wrapper.lower().endswith("s")
    document = {wrapper: [record, record | {"id": 9}] if is_list else record, "count": 2}
    warehouse.source(kind, "shopify")
    warehouse.deliver(f"{kind}/a.json", json.dumps(document, indent=indent))
    warehouse.deliver(f"{kind}/b.jsonl", f"{json.dumps(document)}\n" * 2)
    first, second = warehouse.load(kind).results
    assert (first.delivered, first.loaded) == (1 + is_list, 1 + is_list)
    assert second.delivered == 2 * first.delivered
