"""Cohorts and their retention, worked out on paper."""

from datetime import date
from decimal import Decimal

import pytest

from .by_hand import at, counted, order, web
from .periods import Calendar, distance, later
from .recount import Recount
from .rows import Customer


def first_order_month(recounted: Recount, activity: str, window: str) -> dict[int, dict]:
    return {
        number: cell
        for (basis, did, grain, of, kind, _, start, number), cell in (
            recounted.cohort_retention().items()
        )
        if (basis, did, grain, of, kind) == ("first_order", activity, "month", window, "all")
        and start == date(2026, 3, 1)
    }


@pytest.fixture
def two_buyers() -> Recount:
    # a orders 31 March 10:00 (10.00) and 1 May 09:00 (20.00), and looks in on 1 March.
    # b orders 1 March 00:00 (5.00) and 30 June 23:00 (7.00).
    return counted(
        [
            web("03-01 12:00", anonymous_id="a"),
            order("03-31 10:00", "a1", "10.00", anonymous_id="a"),
            order("05-01 09:00", "a2", "20.00", anonymous_id="a"),
            order("03-01 00:00", "b1", "5.00", anonymous_id="b"),
            order("06-30 23:00", "b2", "7.00", anonymous_id="b"),
        ]
    )


def test_calendar_retention_of_orders(two_buyers):
    cells = first_order_month(two_buyers, "order", "calendar")
    seen = [
        (
            cell["active_people"],
            cell["returning_unbounded"],
            cell["orders"],
            cell["net_revenue"],
            cell["cumulative_net_revenue"],
            cell["is_complete"],
        )
        for _, cell in sorted(cells.items())
    ]
    assert seen == [
        (2, 2, 2, Decimal(15), Decimal(15), True),
        (0, 2, 0, Decimal(0), Decimal(15), True),
        (1, 2, 1, Decimal(20), Decimal(35), True),
        (1, 1, 1, Decimal(7), Decimal(42), True),  # June ends on as_of: complete
    ]
    assert cells[3]["cumulative_net_revenue_per_person"] == 21.0
    assert cells[1]["unbounded_retention_rate"] == 1.0


def test_rolling_retention_of_orders(two_buyers):
    # b began on 1 March: periods begin on 1, 31 March, 30 April, 30 May, 29 June (4): five rows.
    # a began on 31 March: its 1 May is 30.96 days on: period 1. b's 30 June is day 121: period 4.
    # Complete while 31 March 10:00 + (n+1) x 30 days <= 1 July: n = 0, 1, 2 (29 June 10:00).
    cells = first_order_month(two_buyers, "order", "rolling")
    assert [cell["active_people"] for _, cell in sorted(cells.items())] == [2, 1, 0, 0, 1]
    assert [cell["is_complete"] for _, cell in sorted(cells.items())] == [True] * 3 + [False] * 2
    assert cells[3]["retention_rate"] is None


def test_activity_before_the_cohort_event_counts_within_its_calendar_period_only(two_buyers):
    calendar = first_order_month(two_buyers, "active", "calendar")
    assert calendar[0]["active_people"] == 2
    assert calendar[0]["orders"] is None
    # On 1 April a's look-in of 1 March would be before its period; rolling never sees it.
    cells = two_buyers.cohort_retention()
    own = cells["first_touch", "active", "month", "rolling", "all", "all", date(2026, 3, 1), 0]
    assert (own["cohort_size"], own["active_people"]) == (2, 2)
    week = cells["first_order", "active", "week", "calendar", "all", "all", date(2026, 3, 30), 0]
    assert (week["cohort_size"], week["active_people"]) == (1, 1)
    assert (
        "first_order",
        "active",
        "day",
        "calendar",
        "all",
        "all",
        date(2026, 3, 31),
        0,
    ) not in cells  # the day grid keeps the cohorts of the last 90 days: 2 April to 30 June


def test_overall_retention_is_weighted_over_complete_cells():
    # March: 2 buyers, 1 back in April. May: 1 buyer, back in June. June: 1 buyer, July unseen.
    recounted = counted(
        [
            order("03-05 09:00", "a1", anonymous_id="a"),
            order("03-06 09:00", "b1", anonymous_id="b"),
            order("04-06 09:00", "b2", anonymous_id="b"),
            order("05-05 09:00", "c1", anonymous_id="c"),
            order("06-05 09:00", "c2", anonymous_id="c"),
            order("06-06 09:00", "d1", anonymous_id="d"),
        ]
    )
    overall = recounted.cohort_retention_overall()
    next_month = overall["first_order", "order", "month", "calendar", "all", "all", 1]
    assert next_month == {
        "cohorts": 2,
        "cohort_size": 3,
        "active_people": 2,
        "returning_unbounded": 2,
        "retention_rate": pytest.approx(2 / 3),
        "unbounded_retention_rate": pytest.approx(2 / 3),
    }


def test_segments_are_attributes_of_people_and_say_when_they_are_known_only_now():
    record = Customer(customer_id="ann", updated_at=at("02-01 00:00"), country="GB")
    known = {"anonymous_id": "d1", "customer_id": "ann"}
    visited = web("03-01 09:00", country="DE", device="mobile", **known)
    cells = counted([record, visited]).cohort_retention()
    assert {
        (kind, segment): cell["is_retrospective"]
        for (basis, _, grain, _, kind, segment, _, _), cell in cells.items()
        if (basis, grain) == ("first_touch", "month")
    } == {
        ("all", "all"): False,
        ("channel", "direct"): False,
        ("campaign", "(none)"): False,
        ("country", "GB"): True,
        ("device", "mobile"): False,
        ("persona", "prospect"): True,
    }


def test_calendar_periods_are_those_of_the_reporting_time_zone():
    # 31 March 23:30 UTC is 1 April in Kolkata.
    calendar = Calendar("Asia/Kolkata")
    assert calendar.month(at("03-31 23:30")) == date(2026, 4, 1)
    assert calendar.begins_at(date(2026, 4, 1)) == at("03-31 18:30")
    assert Calendar("UTC").period("week", at("03-01 12:00")) == date(2026, 2, 23)
    assert later("month", date(2026, 11, 1), 3) == date(2027, 2, 1)
    assert distance("month", date(2026, 11, 1), date(2027, 2, 1)) == 3
    assert distance("week", date(2026, 2, 23), date(2026, 3, 9)) == 2
