"""A quote that is open swallows no row: what is delivered is counted by lines."""

import pytest

from tests.ingest.quoted_orders import HEADER, load, order


def ids(warehouse) -> set[int]:
    return {int(order_id) for (order_id,) in warehouse.rows("orders", "order_id")}


@pytest.mark.parametrize(
    ("broken", "values"),
    [
        ({50: '"five inch'}, {}),
        ({50: '"five inch'}, {80: 'five inch"'}),
        ({50: '"five inch'}, {80: '"a ""b"", c"'}),
        ({50: '"five inch', 80: '"six inch'}, {}),
        ({50: '"five inch', 80: '"six inch', 90: '"'}, {20: '"a\nb, c\n""d"""'}),
        ({50: '"a"b'}, {60: '"a, b"'}),
        ({50: 'a"b","c'}, {}),
        ({100: '"five inch'}, {1: '"x"', 99: '"y\nz"'}),
        ({1: '"'}, {}),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_stray_quote_costs_its_row(warehouse, broken, values, ends: str) -> None:
    rows = {
        number: order(number, {**values, **broken}.get(number, "x")) for number in range(1, 101)
    }
    before = sum(value.count("\n") for number, value in values.items() if number < min(broken))
    (result,) = load(warehouse, (HEADER + "".join(rows.values())).replace("\n", ends)).results
    assert (result.records, result.delivered, result.quarantined) == (100, 100, len(broken))
    assert ids(warehouse) == set(rows) - set(broken)
    if not before:
        assert warehouse.quarantine("orders", "file_row, row_text") == [
            (number + 1, rows[number].rstrip("\n")) for number in sorted(broken)
        ]


@pytest.mark.parametrize(
    ("coupons", "stray", "lost"),
    [
        (lambda n: f"A{n}", {5: '"SPRING', 6: 'GIFT"'}, {5}),
        (lambda n: f"A{n}", {5: '"', 6: '"'}, {5, 6}),
        (lambda n: f"A{n}", {5: '"SPRING', 7: 'GIFT"'}, {5}),
        (lambda n: f"A{n}", {1: '"SPRING', 2: 'GIFT"'}, {1}),
        (lambda n: f"A{n}", {19: '"a b', 20: 'c d"'}, {19}),
        (lambda n: "", {5: '"SPRING', 6: 'GIFT"'}, {5}),
        (lambda n: f"{n} words of text", {5: '"more of them', 6: '"'}, {5, 6}),
    ],
)
def test_a_pair_of_stray_quotes_swallows_no_row(warehouse, coupons, stray, lost) -> None:
    """What lies between the two is no value of several lines: each line is a row of its own."""
    rows = [order(number, stray.get(number, coupons(number))) for number in range(1, 21)]
    (result,) = load(warehouse, HEADER + "".join(rows)).results
    assert (result.records, result.quarantined) == (20, len(lost))
    assert ids(warehouse) == set(range(1, 21)) - lost
    assert result.quarantine_reasons == {"stray_quote": len(lost)}


NOTES = [
    "a\nb",
    "Dear all,\nthanks, it was good, really, very, much\n\nregards,\nAda",
    'she said ""hm""\nand left',
    '""\n""',
    "\n\n",
    ",\n,\n,,,,,\n",
]


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_text_of_several_lines_loads(warehouse, note: str, place: int) -> None:
    """In the first column the last of its lines, in the last the first looks like a record."""
    columns = ["feedback_id", "occurred_at", "kind", "score", "customer_id"]
    columns.insert(place, "topic")
    rows = []
    for number in range(20):
        row = [f"f{number}", "2026-02-01T10:00:00Z", "nps", "9", f"c{number}"]
        row.insert(place, f'"{note}"' if number % 3 else "fine")
        rows.append(",".join(row))
    warehouse.source("feedback")
    warehouse.deliver("feedback/a.csv", "\n".join([",".join(columns), *rows]))
    (result,) = warehouse.load("feedback").results
    assert (result.records, result.loaded, result.quarantined) == (20, 20, 0)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_note_of_two_columns_loads(warehouse, separator: str) -> None:
    """With few columns a line of text easily has as many separators as the header."""
    warehouse.source(
        "feedback",
        "mapped",
        columns={
            "feedback_id": "id",
            "occurred_at": "'2026-02-01'",
            "kind": "'nps'",
            "score": "9",
            "customer_id": "id",
            "topic": "note",
        },
    )
    note = f"Thanks\nGreat stuff{separator} loved it\nnext time{separator} again"
    rows = "".join(f'c{number}{separator}"{note}"\n' for number in range(50))
    warehouse.deliver("feedback/a.csv", f"id{separator}note\n" + rows)
    (result,) = warehouse.load("feedback").results
    assert (result.records, result.loaded, result.quarantined) == (50, 50, 0)
