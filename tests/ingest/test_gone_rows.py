"""Which rows are said to be gone: those that no file gives any more, and no other."""

from datetime import date, timedelta
from pathlib import PurePath

import pytest

from journey.core.settings import KINDS
from journey.ingest.contracts import read_contract
from tests.ingest.rows import csv_of, good

KEYLESS = [kind for kind in KINDS if read_contract(kind).is_key_made]


def answers(*scores: int) -> str:
    return csv_of([good("feedback", feedback_id=None, score=str(score)) for score in scores])


def orders(*numbers: int, **given: str) -> list[dict[str, str]]:
    return [good("orders", order_id=str(number), **given) for number in numbers]


def gone(pending) -> list[int]:
    return [gone.rows for gone in pending.withdrawn]


@pytest.mark.parametrize("kind", KEYLESS)
def test_an_export_that_grows_in_place_loses_nothing_where_its_rows_have_no_key(
    warehouse, kind
) -> None:
    (key,) = read_contract(kind).key
    warehouse.source(kind)
    row = good(kind, **{key: None})
    for times in (2, 3):
        warehouse.deliver(f"{kind}/export.csv", csv_of([row] * times))
        pending = warehouse.load(kind)
        assert pending.counts()["loaded"] == times
        assert gone(pending) == []


def test_rows_without_a_key_that_go_are_counted_each_as_often_as_it_was(warehouse) -> None:
    warehouse.source("feedback")
    warehouse.deliver("feedback/a.csv", answers(9, 9, 9, 8, 7))
    warehouse.load("feedback")
    warehouse.deliver("feedback/a.csv", answers(6, 9, 8))
    assert gone(warehouse.load("feedback")) == [3]


def test_a_row_without_a_key_is_not_there_because_another_file_says_the_same(warehouse) -> None:
    warehouse.source("feedback")
    warehouse.deliver("feedback/a.csv", answers(9, 8))
    warehouse.deliver("feedback/b.csv", answers(9))
    warehouse.load("feedback")
    warehouse.deliver("feedback/a.csv", answers(8))
    assert gone(warehouse.load("feedback")) == [1]


def test_a_file_without_keys_that_takes_the_name_of_another_loses_nothing(warehouse) -> None:
    """As where logs are rotated: what the path held lies under another name, and new rows here."""
    warehouse.source("feedback")
    path = warehouse.deliver("feedback/now.csv", answers(9, 8))
    warehouse.load("feedback")
    path.rename(path.with_name("before.csv"))
    warehouse.deliver("feedback/now.csv", answers(7))
    assert gone(warehouse.load("feedback")) == []
    assert len(warehouse.rows("feedback")) == 3


def test_a_path_that_comes_to_hold_the_content_of_another_has_all_of_its_rows(warehouse) -> None:
    warehouse.source("feedback")
    warehouse.deliver("feedback/a.csv", answers(9, 8))
    warehouse.deliver("feedback/b.csv", answers(9, 8, 7))
    warehouse.load("feedback")
    warehouse.deliver("feedback/a.csv", answers(9, 8, 7))
    assert gone(warehouse.load("feedback")) == []


def test_a_row_that_is_in_quarantine_now_is_not_gone(warehouse) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", csv_of(orders(1, 2, 3)))
    warehouse.load("orders")
    warehouse.deliver("orders/a.csv", csv_of([*orders(1), *orders(2, currency="EURO")]))
    assert gone(warehouse.load("orders")) == [1], "the third alone"


def test_a_row_of_which_quarantine_cannot_say_which_it_is_is_taken_for_one_that_went(
    warehouse,
) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", csv_of(orders(1, 2, 3)))
    warehouse.load("orders")
    warehouse.deliver("orders/a.csv", csv_of(orders(1)) + "2;cut off\n")
    pending = warehouse.load("orders")
    assert pending.counts()["quarantined"] == 1
    assert gone(pending) == [1]


def test_quarantine_of_a_load_says_nothing_of_the_source_after_it(warehouse) -> None:
    for name in ("a", "b"):
        warehouse.source("orders", name=name)
        warehouse.deliver(f"{name}/orders.csv", csv_of(orders(1, 2)))
    warehouse.load("orders")
    warehouse.deliver("a/orders.csv", csv_of([*orders(1), *orders(2, currency="EURO")]))
    warehouse.deliver("b/orders.csv", csv_of(orders(1)))
    assert [(w.source, w.rows) for w in warehouse.load("orders").withdrawn] == [("b", 1)]


def test_rows_of_a_contract_that_had_fewer_columns_are_known_by_what_they_say(
    warehouse, monkeypatch
) -> None:
    warehouse.source("feedback")
    warehouse.deliver("feedback/a.csv", answers(9, 8))
    warehouse.load("feedback")
    warehouse.query(
        f"copy (select * exclude (topic) from read_parquet('{first_file(warehouse)}'))"
        f" to '{first_file(warehouse)}' (format parquet)"
    )
    warehouse.deliver("feedback/a.csv", answers(9, 8, 7))
    assert gone(warehouse.load("feedback")) == []


def first_file(warehouse):
    (path,) = (warehouse.data_dir / "raw/feedback").glob("event_date=2026*/*.parquet")
    return path


def test_superseded_files_are_found_without_comparing_each_with_each(
    warehouse, monkeypatch
) -> None:
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(40)]
    rows = [good("orders", order_id=str(day), ordered_at=str(day)) for day in days]
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", csv_of(rows))
    warehouse.load("orders")
    warehouse.deliver("orders/a.csv", csv_of(rows[:-1]))
    compared = []
    is_equal = PurePath.__eq__

    def counted(this: PurePath, other: object) -> bool:
        if this.suffix == ".parquet":
            compared.append(this)
        return is_equal(this, other)

    with monkeypatch.context() as patch:
        patch.setattr(PurePath, "__eq__", counted)
        assert gone(warehouse.load("orders")) == [1]
    assert len(compared) < 10 * len(days)
