"""What each path held, one content after the other: what stands is what it said last."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from journey import ingest
from journey.ingest.ledger import Ledger
from tests.ingest.conftest import TODAY, Warehouse
from tests.ingest.rows import csv_of, good

FIRST = date(2026, 2, 1)
POSITION = "delivered_on, file_name, file_row"


def orders_file(amounts: dict[str, int]) -> str:
    return csv_of(
        [good("orders", order_id=key, net_amount=str(value)) for key, value in amounts.items()]
    )


def standing(warehouse) -> dict[str, int]:
    """The amount of each order that stands, as staging decides."""
    rows = warehouse.rows("orders", f"order_id, {POSITION}, net_amount")
    return {row[0]: int(row[-1]) for row in sorted(rows)}


def assert_accounted(pending) -> None:
    for result in pending.results:
        outcomes = (result.loaded, result.duplicate, result.restated, result.quarantined)
        assert sum(outcomes) == result.delivered


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
    assert standing(warehouse) == {"a": 1, "b": 5}
    assert len(Ledger(warehouse.settings).file_results()) == 3
    assert ingest.plan(warehouse.settings, today=TODAY) == []
    ingest.reset(warehouse.settings)
    warehouse.load("orders", today=FIRST + timedelta(days=9))
    assert standing(warehouse) == {"a": 1, "b": 5}


def test_a_correction_taken_back_stands_over_what_came_from_other_paths(warehouse) -> None:
    """Undated: the first content is as old as the first night, what returns as old as the last."""
    warehouse.source("orders", path="landing/*.csv")
    for day, (name, amount) in enumerate((("p", 1), ("q", 2), ("p", 3), ("p", 1))):
        warehouse.deliver(f"{name}.csv", orders_file({"a": amount}))
        warehouse.load("orders", today=FIRST + timedelta(days=day))
    assert standing(warehouse) == {"a": 1}
    ingest.reset(warehouse.settings)
    warehouse.load("orders", today=FIRST + timedelta(days=9))
    assert standing(warehouse) == {"a": 1}


def test_a_rejected_content_between_two_equal_ones_takes_nothing_away(warehouse, path) -> None:
    for content in (orders_file({"a": 1}), "", orders_file({"a": 1})):
        warehouse.deliver(path, content)
        assert_accounted(warehouse.load("orders", today=FIRST))
    assert standing(warehouse) == {"a": 1}


def test_the_same_content_under_another_path_is_known(warehouse) -> None:
    warehouse.source("orders", path="landing/*.csv")
    warehouse.deliver("p.csv", orders_file({"a": 1}))
    warehouse.deliver("q.csv", orders_file({"a": 1}))
    assert [r.file_name for r in warehouse.load("orders").results] == ["landing/p.csv"]
    warehouse.deliver("r.csv", orders_file({"a": 1}))
    assert ingest.plan(warehouse.settings, today=TODAY) == []


def test_a_copy_is_a_delivery_of_its_own_once_the_other_path_says_otherwise(warehouse) -> None:
    """Else what stands would depend on whether the copy came before or after the correction."""
    warehouse.source("orders", path="landing/{date}.csv")
    for day in (1, 2):
        warehouse.deliver(f"2026-02-0{day}.csv", orders_file({"a": 1}))
    warehouse.load("orders")
    warehouse.deliver("2026-02-01.csv", orders_file({"a": 2}))
    assert_accounted(warehouse.load("orders"))
    assert standing(warehouse) == {"a": 1}
    ingest.reset(warehouse.settings)
    warehouse.load("orders")
    assert standing(warehouse) == {"a": 1}


def test_a_copy_of_a_file_that_was_rejected_for_its_name_is_taken(warehouse) -> None:
    warehouse.source("orders", path="landing/*_{date}.csv")
    warehouse.deliver("a_2026-02-30.csv", orders_file({"a": 1}))
    warehouse.deliver("b_2026-02-20.csv", orders_file({"a": 1}))
    warehouse.load("orders")
    assert standing(warehouse) == {"a": 1}


# Any sequence of deliveries, against plain Python. No two paths hold the same content here: what a
# copy is has tests of its own above.

PATHS = ("2026-02-01_p.csv", "2026-02-01_q.csv", "2026-02-02_p.csv")
KEYS = ("a", "b")
contents = some.fixed_dictionaries({key: some.integers(1, 2) for key in KEYS})
# Each night some paths are written, some of them several times before the run sees them.
nights = some.lists(
    some.lists(some.tuples(some.sampled_from(PATHS), contents), max_size=4), min_size=1, max_size=6
)


def said_last(landing: dict[str, dict[str, int]]) -> dict[str, int]:
    """What the paths say now, the later path by date and name wins."""
    stands: dict[str, int] = {}
    for name in sorted(landing):
        stands |= landing[name]
    return stands


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(nights=nights)
def test_what_stands_is_what_the_paths_said_last_in_nights_and_in_a_refresh(nights) -> None:
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        warehouse.source("orders", path="landing/{date}_*.csv")
        landing: dict[str, dict[str, int]] = {}
        rows = Counter()
        for night in nights:
            for name, given_amounts in night:
                of_path = 10 * PATHS.index(name)
                amounts = {key: of_path + amount for key, amount in given_amounts.items()}
                landing[name] = amounts
                warehouse.deliver(name, orders_file(amounts))
            pending = warehouse.load("orders")
            assert_accounted(pending)
            rows["kept"] += pending.row_count
        assert standing(warehouse) == said_last(landing)
        assert len(warehouse.rows("orders", "order_id")) == rows["kept"]
        assert ingest.plan(warehouse.settings, today=TODAY) == []
        ingest.reset(warehouse.settings)
        warehouse.load("orders")
        assert standing(warehouse) == said_last(landing)
