"""Duplicates and restatements: what is kept of a key, whatever the order of arrival."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from journey.core.errors import EngineError
from journey.core.settings import KINDS, Source
from journey.ingest import raw_layer
from journey.ingest.contracts import read_contract
from journey.ingest.output import FEW_ROWS
from tests.ingest.conftest import Warehouse
from tests.ingest.rows import csv_of, good

FIRST_DAY = date(2026, 2, 1)
POSITION = "delivered_on, file_name, file_row"


def deliver(warehouse, day: int, *contents: str, name: str = "orders", part: str = "") -> None:
    """A file of that day; each content is key=amount."""
    rows = []
    for content in contents:
        key, amount = content.split("=")
        rows.append(good("orders", order_id=key, net_amount=amount))
    path = f"{name}_{FIRST_DAY + timedelta(days=day)}{part}.csv"
    warehouse.deliver(path, csv_of(rows))


def standing(warehouse) -> dict[str, int]:
    """The amount of each order that stands: the last version in the order of delivery."""
    rows = warehouse.rows("orders", f"order_id, {POSITION}, net_amount")
    return {row[0]: int(row[-1]) for row in sorted(rows)}


def outcomes(pending) -> list[tuple[int, int, int]]:
    return [(r.loaded, r.duplicate, r.restated) for r in pending.results]


@pytest.fixture
def orders(warehouse):
    warehouse.source("orders", path="landing/orders_{date}*.csv")
    return warehouse


def test_the_same_row_again_is_a_duplicate(orders) -> None:
    deliver(orders, 0, "a=1", "b=1", "a=1")
    deliver(orders, 1, "a=1", "c=1")
    assert outcomes(orders.load("orders")) == [(2, 1, 0), (1, 1, 0)]
    deliver(orders, 2, "b=1", "d=1")
    assert outcomes(orders.load("orders")) == [(1, 1, 0)]
    assert orders.rows("orders", "order_id, is_restatement") == [
        (key, False) for key in ("a", "b", "c", "d")
    ]


def test_other_content_of_a_key_is_a_restatement_and_the_later_delivery_stands(orders) -> None:
    deliver(orders, 0, "a=1", "a=2")
    deliver(orders, 1, "a=3")
    assert outcomes(orders.load("orders")) == [(1, 0, 1), (0, 0, 1)]
    assert standing(orders) == {"a": 3}
    assert orders.rows("orders", "net_amount::int, is_restatement") == [
        (1, False),
        (2, True),
        (3, True),
    ]


def test_content_that_comes_back_stands_again(orders) -> None:
    for day, contents in enumerate((("a=1",), ("a=2",), ("a=1", "b=1"), ("a=1", "b=1", "c=1"))):
        deliver(orders, day, *contents)
    assert outcomes(orders.load("orders")) == [(1, 0, 0), (0, 0, 1), (1, 0, 1), (1, 2, 0)]
    assert standing(orders) == {"a": 1, "b": 1, "c": 1}


def test_a_file_that_is_known_says_nothing_new_under_another_name(orders) -> None:
    for day in range(3):
        deliver(orders, day, "a=1")
    assert outcomes(orders.load("orders")) == [(1, 0, 0), (0, 1, 0), (0, 1, 0)]
    deliver(orders, 5, "a=1")
    assert outcomes(orders.load("orders")) == [(0, 1, 0)]
    assert len(orders.rows("orders")) == 1


def test_a_late_file_does_not_win_over_a_later_delivery(orders) -> None:
    deliver(orders, 1, "a=2")
    orders.load("orders")
    deliver(orders, 0, "a=1")
    assert outcomes(orders.load("orders")) == [(0, 0, 1)]
    assert standing(orders) == {"a": 2}


def test_a_late_file_between_two_equal_versions_does_not_win(orders) -> None:
    """Day 2 repeated day 0 and was a duplicate; then day 1 arrives, with other content."""
    deliver(orders, 0, "a=1", "b=1")
    deliver(orders, 2, "b=1", "a=1")
    first = orders.load("orders")
    assert outcomes(first) == [(2, 0, 0), (0, 2, 0)]
    deliver(orders, 1, "a=2")
    second = orders.load("orders")
    assert outcomes(second) == [(0, 0, 1)]
    assert second.reinstated == 1
    assert standing(orders) == {"a": 1, "b": 1}
    assert orders.rows("orders", "file_name[-8:], is_restatement, load_id", "order_id = 'a'") == [
        ("2-01.csv", False, 1),
        ("2-02.csv", True, 2),
        ("2-03.csv", True, 2),
    ]


def test_a_reinstated_row_of_another_date_is_written_beside_many_rows(orders) -> None:
    """So many rows a date that each date is written by a statement of its own."""
    orders.deliver("orders_2026-02-01.csv", csv_of([good("orders", ordered_at="2026-01-05")]))
    again = [good("orders", ordered_at="2026-01-05"), good("orders", order_id="b")]
    orders.deliver("orders_2026-02-03.csv", csv_of(again))
    orders.load("orders")
    many = [good("orders", order_id=f"m{number}") for number in range(2 * FEW_ROWS)]
    orders.deliver("orders_2026-02-02.csv", csv_of([good("orders", net_amount="2"), *many]))
    late = orders.load("orders")
    assert (outcomes(late), late.reinstated) == ([(2 * FEW_ROWS, 0, 1)], 1)
    assert orders.rows("orders", "event_date::varchar, file_name[-8:]", "order_id = 'o1'") == [
        ("2026-01-05", "2-01.csv"),
        ("2026-01-05", "2-03.csv"),
        ("2026-02-01", "2-02.csv"),
    ]


def test_rows_that_are_counted_and_not_written_are_an_error(orders, monkeypatch) -> None:
    deliver(orders, 0, "a=1")
    monkeypatch.setattr(raw_layer, "rows_in", lambda *_: 0)
    with pytest.raises(EngineError, match="raw/orders: 0 rows were written and 1 are accounted"):
        orders.load("orders")


def test_the_same_late_file_in_the_load_of_its_neighbours(orders) -> None:
    for day, contents in ((0, ("a=1",)), (2, ("a=1", "b=1")), (1, ("a=2",))):
        deliver(orders, day, *contents)
    assert outcomes(orders.load("orders")) == [(1, 0, 0), (0, 0, 1), (1, 0, 1)]
    assert standing(orders) == {"a": 1, "b": 1}


def test_files_of_one_day_are_ordered_by_name(orders) -> None:
    deliver(orders, 0, "a=2", part="_b")
    deliver(orders, 0, "a=1", part="_a")
    orders.load("orders")
    assert standing(orders) == {"a": 2}


def test_a_corrected_file_of_the_same_name_comes_after_what_it_corrects(orders) -> None:
    deliver(orders, 0, "b=1", "a=1")
    orders.load("orders")
    deliver(orders, 0, "a=2", "b=1")
    assert outcomes(orders.load("orders")) == [(0, 1, 1)]
    assert standing(orders) == {"a": 2, "b": 1}
    assert orders.rows("orders", "file_name, net_amount::int, is_restatement") == [
        ("landing/orders_2026-02-01.csv", 1, False),
        ("landing/orders_2026-02-01.csv", 2, False),
    ]


def test_the_last_of_many_corrections_in_place_stands(orders) -> None:
    for amount in range(1, 12):
        deliver(orders, 0, f"a={amount}")
        orders.load("orders")
    assert standing(orders) == {"a": 11}


def test_keys_are_distinguished_by_source(orders) -> None:
    orders.source("orders", name="other", path="landing/other_{date}*.csv")
    deliver(orders, 0, "a=1")
    deliver(orders, 0, "a=2", name="other")
    assert outcomes(orders.load("orders")) == [(1, 0, 0), (1, 0, 0)]


@pytest.mark.parametrize("name", ["orders-1", "orders-1-1"])
def test_sources_with_names_that_begin_alike_do_not_mix(orders, name: str) -> None:
    orders.source("orders", name=name, path="landing/other_{date}*.csv")
    deliver(orders, 0, "a=1")
    deliver(orders, 0, "a=2", name="other")
    orders.load("orders")
    deliver(orders, 1, "a=1", "b=1")
    deliver(orders, 1, "a=2", "b=2", name="other")
    assert outcomes(orders.load("orders")) == [(1, 1, 0), (1, 1, 0)]


def test_ad_spend_is_keyed_by_day_channel_and_campaign(warehouse) -> None:
    warehouse.source("ad_spend")
    rows = [good("ad_spend"), good("ad_spend", campaign=""), good("ad_spend", campaign="")]
    rows.append(good("ad_spend", campaign="", amount="5"))
    rows.append(good("ad_spend", channel="display", campaign=""))
    warehouse.deliver("ad_spend/a.csv", csv_of(rows))
    assert outcomes(warehouse.load("ad_spend")) == [(3, 1, 1)]


def test_a_restatement_may_move_a_row_to_another_day(orders) -> None:
    rows = [good("orders", ordered_at=f"2026-02-0{day}") for day in (1, 2)]
    orders.deliver("orders_2026-02-02.csv", csv_of(rows[:1]))
    orders.load("orders")
    orders.deliver("orders_2026-02-03.csv", csv_of(rows[1:]))
    orders.load("orders")
    assert orders.rows("orders", "event_date::varchar, is_restatement") == [
        ("2026-02-01", False),
        ("2026-02-02", True),
    ]


def test_late_events_land_in_the_partition_of_their_own_date(orders) -> None:
    orders.deliver("orders_2026-02-20.csv", csv_of([good("orders", ordered_at="2026-01-05")]))
    orders.load("orders")
    assert [
        path.parent.name for path in (orders.data_dir / "raw/orders").glob("*/*-*.parquet")
    ] == ["event_date=2026-01-05"]


# Any order of arrival, against the definition in plain Python.

KEYS = "abcdefghijkl"


@dataclass(frozen=True)
class File:
    """A delivery: its day, its part of the day, and (key, amount) row by row."""

    day: int
    part: str
    rows: tuple[tuple[str, int], ...]
    arrival: int

    @property
    def name(self) -> str:
        return f"orders_{FIRST_DAY + timedelta(days=self.day)}_{self.part}.csv"


files = some.builds(
    File,
    day=some.integers(0, 3),
    part=some.sampled_from("pq"),
    rows=some.lists(
        some.tuples(some.sampled_from(KEYS), some.integers(1, 2)), min_size=1, max_size=20
    ).map(tuple),
    arrival=some.integers(0, 2),
)


def expected(delivered: list[File]) -> tuple[dict[str, int], dict[str, int]]:
    """What stands of each key; and how many rows are kept of it if all arrives at once."""
    versions: dict[str, list[int]] = {}
    for file in sorted(delivered, key=lambda f: f.name):
        for key, amount in file.rows:
            versions.setdefault(key, []).append(amount)
    kept = {key: sum(1 for _ in groupby(amounts)) for key, amounts in versions.items()}
    return {key: amounts[-1] for key, amounts in versions.items()}, kept


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(delivered=some.lists(files, min_size=1, max_size=7, unique_by=lambda file: file.name))
def test_what_stands_does_not_depend_on_the_order_of_arrival(delivered: list[File]) -> None:
    with TemporaryDirectory() as folder:
        orders = Warehouse(
            Path(folder),
            sources=[
                Source(
                    name="orders",
                    kind="orders",
                    format="canonical",
                    path="landing/orders_{date}*.csv",
                )
            ],
        )
        for arrival in range(3):
            for file in delivered:
                if file.arrival == arrival:
                    rows = [good("orders", order_id=k, net_amount=str(v)) for k, v in file.rows]
                    orders.deliver(file.name, csv_of(rows))
            loaded = orders.load("orders")
            for result in loaded.results:
                said = result.loaded + result.duplicate + result.restated + result.quarantined
                assert said == result.delivered
        stands, kept = expected(delivered)
        assert standing(orders) == stands
        rows = orders.rows("orders", "order_id, not is_restatement")
        assert sorted(key for key, is_first in rows if is_first) == sorted(stands)
        if len({file.arrival for file in delivered}) == 1:
            counts = {key: sum(1 for k, _ in rows if k == key) for key in stands}
            assert counts == kept


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_each_kind_repeat_and_restate(warehouse, kind: str) -> None:
    """Whatever its columns are called."""
    contract = read_contract(kind)
    own = [c for c in contract.names if c not in contract.key and c in good(kind)]
    numbers = [c for c in own if contract.column(c).type in ("decimal", "bigint", "integer")]
    other = {numbers[0]: "1"} if numbers else {contract.instant: "2026-02-02T10:00:00Z"}
    warehouse.source(kind)
    warehouse.deliver(f"{kind}/a.csv", csv_of([good(kind), good(kind), good(kind, **other)]))
    [result] = warehouse.load(kind).results
    assert (result.reason, result.delivered) == (None, 3)
    assert (result.loaded, result.duplicate, result.restated) == (1, 1, 1)
