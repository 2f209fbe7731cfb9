"""What each path held, one content after the other: what counts is what it said last."""

from datetime import timedelta

import pytest

from journey import ingest
from journey.ingest.ledger import Ledger
from journey.ingest.read import csv_files
from tests.ingest.accounts import FIRST, assert_accounted, latest_amounts
from tests.ingest.conftest import TODAY
from tests.ingest.rows import csv_of, good


def orders_file(amounts: dict[str, int]) -> str:
    return csv_of(
        [good("orders", order_id=key, net_amount=str(value)) for key, value in amounts.items()]
    )


@pytest.fixture(params=["landing/{date}.csv", "landing/orders.csv"], ids=["dated", "undated"])
def path(request, warehouse):
    """A path that is delivered to again and again."""
    warehouse.source("orders", path=request.param)
    return request.param.removeprefix("landing/").format(date=FIRST)


def test_a_correction_that_is_taken_back_stands(warehouse, path) -> None:
    for number, amount in enumerate((1, 2, 1)):
        warehouse.deliver(path, orders_file({"a": amount, "b": 5}))
        pending = warehouse.load("orders", today=FIRST + timedelta(days=number))
        [result] = pending.results
        assert (result.delivered, result.sequence) == (2, number + 1)
        assert_accounted(pending)
    assert (result.loaded, result.duplicate, result.restated) == (0, 1, 1)
    assert latest_amounts(warehouse) == {"a": 1, "b": 5}
    assert warehouse.rows("orders", "order_id, is_restatement") == [("a", False), ("b", False)]
    assert len(Ledger(warehouse.settings).file_results()) == 3
    assert ingest.plan(warehouse.settings, today=TODAY) == []
    ingest.reset(warehouse.settings)
    warehouse.load("orders", today=FIRST + timedelta(days=9))
    assert latest_amounts(warehouse) == {"a": 1, "b": 5}


def test_a_correction_taken_back_stands_over_what_came_from_other_paths(warehouse) -> None:
    """Undated: the first content is as old as the first run, what returns as old as the last."""
    warehouse.source("orders", path="landing/*.csv")
    for day, (name, amount) in enumerate((("p", 1), ("q", 2), ("p", 3), ("p", 1))):
        warehouse.deliver(f"{name}.csv", orders_file({"a": amount}))
        warehouse.load("orders", today=FIRST + timedelta(days=day))
    assert latest_amounts(warehouse) == {"a": 1}
    ingest.reset(warehouse.settings)
    warehouse.load("orders", today=FIRST + timedelta(days=9))
    assert latest_amounts(warehouse) == {"a": 1}


def test_a_rejected_content_between_two_equal_ones_takes_nothing_away(warehouse, path) -> None:
    for content in (orders_file({"a": 1}), "", orders_file({"a": 1})):
        warehouse.deliver(path, content)
        assert_accounted(warehouse.load("orders", today=FIRST))
    assert latest_amounts(warehouse) == {"a": 1}


def test_the_same_content_under_another_path_counts_once_and_is_accounted_for(warehouse) -> None:
    """Also where its rows have no key of their own: it is made of the content and the line."""
    warehouse.source("orders", path="landing/orders/*.csv")
    warehouse.source("feedback", path="landing/*.csv")
    answers = [good("feedback", feedback_id=None, score=score) for score in ("9", "9", "x")]
    for name in ("p", "q"):
        warehouse.deliver(f"orders/{name}.csv", orders_file({"a": 1}))
        warehouse.deliver(f"{name}.csv", csv_of(answers))
    for kind, said in {"orders": (1, 1, 0, 0), "feedback": (2, 2, 0, 2)}.items():
        loaded = warehouse.load(kind)
        assert_accounted(loaded)
        counts = loaded.counts()
        assert said == tuple(
            counts[name] for name in ("loaded", "duplicate", "restated", "quarantined")
        )
    assert latest_amounts(warehouse) == {"a": 1}


def test_content_that_another_path_gave_before_another_content_stands_again(warehouse) -> None:
    """Snapshots of each day: A, B, A, under three names."""
    warehouse.source("orders", path="landing/{date}.csv")
    for day, amount in ((1, 1), (2, 2), (3, 1)):
        warehouse.deliver(f"2026-02-0{day}.csv", orders_file({"a": amount, "b": 5}))
        assert_accounted(warehouse.load("orders"))
    assert latest_amounts(warehouse) == {"a": 1, "b": 5}
    ingest.reset(warehouse.settings)
    warehouse.load("orders")
    assert latest_amounts(warehouse) == {"a": 1, "b": 5}


def test_rows_that_a_path_holds_no_more_are_gone_and_that_is_said(warehouse, path, caplog) -> None:
    bad = good("orders", order_id="x", currency="?")
    warehouse.deliver(path, orders_file({"a": 1, "b": 5, "c": 6}) + csv_of([bad]).split("\n")[1])
    warehouse.load("orders", today=FIRST)
    assert len(warehouse.quarantine("orders")) == 1
    warehouse.deliver(path, orders_file({"b": 5}))
    pending = warehouse.load("orders", today=FIRST)
    assert (pending.counts()["withdrawn"], pending.counts()["duplicate"]) == (2, 1)
    assert_accounted(pending)
    assert latest_amounts(warehouse) == {"b": 5}
    assert warehouse.quarantine("orders") == []
    (example,) = [row["example"] for row in Ledger(warehouse.settings).quarantined()]
    assert example.endswith("; its file has changed since")
    assert (
        f"source 'orders': 2 rows that landing/{path} held before are in no file any more, and are"
        " not counted any more" in caplog.messages
    )


def test_a_row_that_moves_to_another_file_stands_there(warehouse) -> None:
    warehouse.source("orders", path="landing/{date}.csv")
    warehouse.deliver("2026-02-01.csv", orders_file({"a": 1, "b": 1}))
    warehouse.deliver("2026-02-02.csv", orders_file({"b": 1, "c": 1}))
    warehouse.load("orders")
    warehouse.deliver("2026-02-01.csv", orders_file({"a": 1}))
    pending = warehouse.load("orders")
    assert (pending.reinstated, pending.withdrawn) == (1, [])
    assert latest_amounts(warehouse) == {"a": 1, "b": 1, "c": 1}
    assert ("b", "landing/2026-02-02.csv") in warehouse.rows("orders", "order_id, file_name")


def test_what_was_only_said_again_ends_with_the_file_that_said_it(warehouse) -> None:
    """Nothing was stored of the second file, and yet it would have made its rows stand again."""
    warehouse.source("orders", path="landing/{date}.csv")
    for day in (1, 2):
        path = warehouse.deliver(f"2026-02-0{day}.csv", orders_file({"a": 1}))
    warehouse.load("orders")
    path.unlink()
    warehouse.load("orders")
    warehouse.deliver("2026-02-01.csv", orders_file({"b": 1}))
    warehouse.load("orders")
    assert latest_amounts(warehouse) == {"b": 1}


def test_what_was_said_again_before_its_first_row_stands_when_that_goes(warehouse) -> None:
    """The file of the day before came late and said nothing new; then it alone said it."""
    warehouse.source("orders", path="landing/{date}.csv")
    for day in (2, 1):
        warehouse.deliver(f"2026-02-0{day}.csv", orders_file({"a": 1, "b": day}))
        warehouse.load("orders")
    warehouse.deliver("2026-02-02.csv", orders_file({"b": 2}))
    warehouse.load("orders")
    assert latest_amounts(warehouse) == {"a": 1, "b": 2}


def test_a_file_that_got_another_date_is_delivered_at_that(warehouse) -> None:
    """Under its new name it comes before what it had replaced; a refresh would say the same."""
    warehouse.source("orders", path="landing/{date}.csv")
    first = warehouse.deliver("2026-02-03.csv", orders_file({"a": 1, "b": 1}))
    warehouse.deliver("2026-02-02.csv", orders_file({"a": 2}))
    warehouse.load("orders")
    assert latest_amounts(warehouse) == {"a": 1, "b": 1}
    first.rename(first.with_name("2026-02-01.csv"))
    warehouse.load("orders")
    assert latest_amounts(warehouse) == {"a": 2, "b": 1}
    ingest.reset(warehouse.settings)
    warehouse.load("orders")
    assert latest_amounts(warehouse) == {"a": 2, "b": 1}


def test_one_of_two_equal_files_that_is_taken_away_says_nothing_any_more(warehouse) -> None:
    warehouse.source("orders", path="landing/{date}.csv")
    for day, amount in ((1, 1), (2, 2), (3, 1)):
        path = warehouse.deliver(f"2026-02-0{day}.csv", orders_file({"a": amount}))
    warehouse.load("orders")
    path.unlink()
    assert ingest.plan(warehouse.settings, today=TODAY) == []
    assert ingest.is_ended(warehouse.settings)
    warehouse.load("orders", date_from=TODAY, date_to=TODAY)
    assert not ingest.is_ended(warehouse.settings)
    assert latest_amounts(warehouse) == {"a": 2}
    warehouse.deliver(path.name, orders_file({"a": 1}))
    warehouse.load("orders")
    assert latest_amounts(warehouse) == {"a": 1}


def test_a_later_content_that_cannot_be_read_takes_nothing_away(warehouse, path) -> None:
    warehouse.deliver(path, orders_file({"a": 1}))
    warehouse.load("orders", today=FIRST)
    warehouse.deliver(path, "order_id,nonsense\n1,2\n")
    (rejected,) = warehouse.load("orders", today=FIRST).rejected
    assert rejected.sequence == 2
    assert latest_amounts(warehouse) == {"a": 1}
    assert ingest.plan(warehouse.settings, today=TODAY) == []


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_later_content_that_is_written_to_while_it_is_read_takes_nothing_away(
    warehouse, path, monkeypatch, how: str
) -> None:
    warehouse.deliver(path, orders_file({"a": 1}))
    warehouse.load("orders", today=FIRST)
    file = warehouse.deliver(path, orders_file({"a": 2}))
    read = csv_files.read_csv

    def read_and_write(*given, **named):
        found = read(*given, **named)
        file.unlink() if how == "gone" else file.write_text(orders_file({"a": 3}))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(csv_files, "read_csv", read_and_write)
        assert warehouse.load("orders", today=FIRST).results == []
    assert latest_amounts(warehouse) == {"a": 1}
    if how == "changed":
        warehouse.load("orders", today=FIRST)
        assert latest_amounts(warehouse) == {"a": 3}


def test_a_copy_is_a_delivery_of_its_own_once_the_other_path_says_otherwise(warehouse) -> None:
    """Else what stands would depend on whether the copy came before or after the correction."""
    warehouse.source("orders", path="landing/{date}.csv")
    for day in (1, 2):
        warehouse.deliver(f"2026-02-0{day}.csv", orders_file({"a": 1}))
    warehouse.load("orders")
    warehouse.deliver("2026-02-01.csv", orders_file({"a": 2}))
    assert_accounted(warehouse.load("orders"))
    assert latest_amounts(warehouse) == {"a": 1}
    ingest.reset(warehouse.settings)
    warehouse.load("orders")
    assert latest_amounts(warehouse) == {"a": 1}


def test_a_copy_of_a_file_that_was_rejected_for_its_name_is_taken(warehouse) -> None:
    warehouse.source("orders", path="landing/*_{date}.csv")
    warehouse.deliver("a_2026-02-30.csv", orders_file({"a": 1}))
    warehouse.deliver("b_2026-02-20.csv", orders_file({"a": 1}))
    warehouse.load("orders")
    assert latest_amounts(warehouse) == {"a": 1}
