"""Records made of several rows: what is wrong with one row costs its record, and no other."""

import json

import pytest

from journey.ingest import source_load
from tests.ingest.order_lines import COLUMNS
from tests.ingest.rows import csv_of


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


def load_lines(warehouse, container: str, given: list[str], **definition):
    """Lines as text, of which some are broken; `§` is a byte that is not UTF-8."""
    warehouse.source(
        "orders", "mapped", **({"columns": COLUMNS, "group_by": ["order_id"]} | definition)
    )
    content = "\n".join(given).encode().replace("§".encode(), b"\xa7")
    warehouse.deliver(f"orders/a.{container}", content)
    (result,) = warehouse.load("orders").results
    return result


TOO_DEEP = "[" * 200 + "]" * 200
BROKEN = {
    "csv": {
        "wrong_field_count": ["{id},2026-02-01,c1,2.00,x", "{id},2026-02-01,c,1,2.00", "{id},c1"],
        "stray_quote": ['{id},2026-02-01,"c1,2.00', '"{id},2026-02-01,c1,2.00',
                        '{id},2026-02-01,"c"1,2.00'],
        "not_utf8": ["{id},2026-02-01,§,2.00"],
    },
    "jsonl": {
        "unparseable": [
            '{{"id":"{id}","day":"2026-02-01","who":"c1","price":"2.0',
            '{{"who":{{"name":"a}}","of":[1,{{"b":2}}]}},"id":"{id}","price":"2"00"}}',
            '{{"a": null, "b" : -1e5 , "id" : "{id}",',
        ],
        "nested_too_deep": [f'{{{{"id":"{{id}}","day":"2026-02-01","who":{TOO_DEEP}}}}}'],
        "not_utf8": ['{{"id":"{id}","who":"§"}}', '{{"id":"{id}","price":"§'],
    },
}  # fmt: skip
CASES = [
    (container, reason, line)
    for container, reasons in BROKEN.items()
    for reason, listed in reasons.items()
    for line in listed
]


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize(("container", "reason", "line"), CASES)
def test_a_broken_line_costs_its_record(warehouse, container, reason, line, apart) -> None:
    """By the key that it still has, also where the record's other rows lie elsewhere."""
    rows = lines({})
    if apart:
        rows.sort(key=lambda row: row["id"])
        rows = rows[::3] + rows[1::3] + rows[2::3]
    given = csv_of(rows).splitlines() if container == "csv" else list(map(json_of, rows))
    place = 7 + (container == "csv")
    given[place] = line.format(id=rows[7]["id"])
    result = load_lines(warehouse, container, given)
    check(warehouse, result, {rows[7]["id"]}, {reason: 1, "record_incomplete": 2})


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_broken_line_is_parted_as_its_file_is(warehouse, separator: str) -> None:
    given = [line.replace(",", separator) for line in csv_of(lines({})).splitlines()]
    given[8] += f"{separator}x"
    result = load_lines(warehouse, "csv", given)
    check(warehouse, result, {"o3"}, {"wrong_field_count": 1, "record_incomplete": 2})


@pytest.mark.parametrize("line", ["c,1,2026-02-01,2.00,o3", "2.00,o3"])
def test_a_key_behind_what_is_broken_is_counted_from_the_end(warehouse, line: str) -> None:
    rows = [{"who": r["who"], "day": r["day"], "price": r["price"], "id": r["id"]}
            for r in lines({})]  # fmt: skip
    given = csv_of(rows).splitlines()
    given[8] = line
    result = load_lines(warehouse, "csv", given)
    check(warehouse, result, {"o3"}, {"wrong_field_count": 1, "record_incomplete": 2})


@pytest.mark.parametrize(
    ("container", "reason", "line"),
    [
        ("csv", "not_utf8", "o§,2026-02-01,c1,2.00"),
        ("csv", "wrong_field_count", "o,3,2026-02-01,c1,2.00"),
        ("jsonl", "not_utf8", '{"id":"o§","price":"2.00"}'),
        ("jsonl", "unparseable", '{"price":"2"00","id":"o3"}'),
        ("jsonl", "unparseable", "garbage"),
    ],
)
@pytest.mark.parametrize(("row", "lost"), [(8, {"o3"}), (9, {"o3", "o4"}), (1, {"o1"})])
def test_a_line_without_a_key_costs_its_neighbours(
    warehouse, container, reason, line, row, lost
) -> None:
    rows = lines({})
    given = csv_of(rows).splitlines() if container == "csv" else list(map(json_of, rows))
    given[row - 1 + (container == "csv")] = line
    result = load_lines(warehouse, container, given)
    check(warehouse, result, lost, {reason: 1, "record_incomplete": 3 * len(lost) - 1})


@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_a_broken_number_is_no_key(warehouse, container: str) -> None:
    number = str if container == "csv" else int
    rows = [row | {"id": number(row["id"][1:])} for row in lines({})]
    rows[7]["id"] = "3§"
    columns = COLUMNS | {"order_id": "id + 0", "customer_id": "'c' || any_value(id)"}
    result = load(warehouse, container, rows, columns=columns)
    assert result.quarantine_reasons == {"not_utf8": 1, "record_incomplete": 2}


@pytest.mark.parametrize("container", ["csv", "jsonl"])
def test_a_line_of_a_record_of_its_own_costs_no_other(warehouse, container: str) -> None:
    if container == "csv":
        given = csv_of(lines({})).splitlines()
        given.insert(8, 'o9,2026-02-01,"c1,2.00')
    else:
        given = list(map(json_of, lines({})))
        given.insert(8, '{"id":"o9","price":')
    assert load_lines(warehouse, container, given).loaded == 5


def test_a_broken_line_of_what_may_be_left_out_costs_its_record(warehouse) -> None:
    """Whether `where` holds is not asked of a line that may be another's columns."""
    given = csv_of(lines({})).splitlines()
    given[8] = "o3,2026-02-01,c,1,2.00"
    result = load_lines(warehouse, "csv", given, where="price is not null")
    check(warehouse, result, {"o3"}, {"wrong_field_count": 1, "record_incomplete": 2})


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
    assert result.status == "rejected"
    assert "cannot be read as mapped" in result.reason


def test_an_order_of_another_file_is_another_record(warehouse) -> None:
    warehouse.source("orders", "mapped", columns=COLUMNS, group_by=["order_id"])
    warehouse.deliver("orders/a.csv", csv_of(lines({2: {"price": "n/a"}})))
    warehouse.deliver("orders/b.csv", csv_of(lines({})))
    first, second = warehouse.load("orders").results
    assert (first.loaded, first.quarantined) == (4, 3)
    assert second.loaded + second.duplicate == 5
    assert len(warehouse.rows("orders")) == 5


def test_the_files_beside_one_with_an_odd_value_are_read_together(
    warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    load_batch = source_load.SourceLoad._load_batch

    def counted(self, files) -> None:
        sizes.append(len(files))
        load_batch(self, files)

    monkeypatch.setattr(source_load.SourceLoad, "_load_batch", counted)
    warehouse.source("orders", "mapped", columns=COLUMNS, group_by=["order_id"])
    for number in range(16):
        odd = {2: {"price": "n/a"}} if number == 5 else {}
        rows = [row | {"id": f"{number}-{row['id']}"} for row in lines(odd)]
        warehouse.deliver(f"orders/{number:02}.csv", csv_of(rows))
    results = warehouse.load("orders").results
    assert [(r.loaded, r.quarantined) for r in results] == [
        (4, 3) if number == 5 else (5, 0) for number in range(16)
    ]
    assert sizes == [16, 8, 4, 4, 2, 1, 1, 2, 8]
