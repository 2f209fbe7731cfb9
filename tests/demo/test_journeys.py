"""What people were drawn to do is what their events may show, stage by stage."""

from datetime import date

import numpy as np
import pytest

from demo.draws import DAY, NEVER
from demo.milestones import maturity_days
from demo.orders import CANCELLED, COUNTED, REFUNDED
from demo.people import (
    AWARENESS,
    CONSIDERATION,
    INTENT,
    PURCHASE,
    RETENTION,
)
from demo.plan import Plan
from demo.shop import Shop, drawn_shop
from demo.web import (
    ADDED,
    CART,
    CHECKOUT,
    COUPON,
    KNOWN_BY_ACCOUNT,
    KNOWN_BY_EMAIL,
    LISTED,
    PAGE,
    PAYMENT,
    PROMOTED,
    SEARCHED,
    VIEWED,
    WISHED,
    drawn_web_events,
)
from demo.window import Window

PLAIN = (PAGE, LISTED, PROMOTED, KNOWN_BY_ACCOUNT, KNOWN_BY_EMAIL)
CONSIDERING = (VIEWED, SEARCHED)
INTENDING = (ADDED, CART, WISHED, CHECKOUT, PAYMENT, COUPON)
WINDOW = Window.ending(date(2026, 11, 20), 120)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return drawn_shop(Plan(), 3_000, WINDOW, seed=5)


@pytest.fixture(scope="module")
def events(shop) -> dict[str, np.ndarray]:
    rows = drawn_web_events(
        shop.plan, shop.people, shop.milestones, shop.orders, shop.visits, WINDOW, shop.seed
    )
    return {name: column[~rows["is_bot"]] for name, column in rows.items()}


def test_milestones_come_in_order_and_end_with_the_furthest_stage(shop):
    at = shop.milestones.at
    reached = at < NEVER
    assert (reached.sum(axis=1) == shop.people.furthest + 1).all()
    for earlier, later in zip(at.T[:-1], at.T[1:], strict=True):
        assert (earlier <= later).all()


def test_journeys_are_over_when_they_are_said_to_be(shop):
    at = shop.milestones.at
    last = np.where(at < NEVER, at, 0).max(axis=1)
    assert (last - at[:, 0] < maturity_days(WINDOW) * DAY).all()


def test_no_person_shows_a_stage_before_its_milestone(shop, events):
    at, person = events["at"], events["person"]
    milestones = shop.milestones.at
    for stage, codes in ((CONSIDERATION, CONSIDERING), (INTENT, INTENDING)):
        shows = np.isin(events["code"], codes)
        # The visit of a purchase begins some minutes before its order, with all that led to it.
        early = shows & (at < milestones[person, stage] - 2 * 3_600_000)
        assert not early.any()
        never = shows & (shop.people.furthest[person] < stage)
        assert not never.any()


def test_every_milestone_is_shown(shop, events):
    inside = WINDOW.contains(shop.milestones.at)
    for stage, codes in ((AWARENESS, PLAIN), (INTENT, INTENDING)):
        shown = np.zeros(shop.people.count, dtype=bool)
        shown[events["person"][np.isin(events["code"], codes)]] = True
        assert shown[inside[:, stage]].all()
    considers = inside[:, CONSIDERATION] & ~shop.people.skips_consideration
    shown = np.zeros(shop.people.count, dtype=bool)
    shown[events["person"][np.isin(events["code"], CONSIDERING)]] = True
    assert shown[considers].all()


def test_people_who_buy_once_see_plain_pages_afterwards(shop, events):
    person = events["person"]
    once = shop.people.furthest[person] == PURCHASE
    hour = 3_600_000
    after = events["at"] > shop.milestones.at[person, PURCHASE] + hour
    assert (once & after).any()
    assert np.isin(events["code"][once & after], PLAIN).all()
    opened = shop.people.furthest[shop.mail.clicks["person"]]
    assert not np.isin(opened, (AWARENESS, PURCHASE)).any()


def test_customers_are_those_drawn_to_buy(shop):
    orders = shop.orders
    counted = orders["outcome"] == COUNTED
    buyers = np.unique(orders["person"][counted])
    inside = WINDOW.contains(shop.milestones.at[:, PURCHASE])
    assert (buyers == np.flatnonzero(inside)).all()
    assert (np.unique(orders["person"][counted & orders["is_first"]]) == buyers).all()


def test_void_orders_are_void_before_the_window_ends(shop):
    orders = shop.orders
    void = np.isin(orders["outcome"], (CANCELLED, REFUNDED))
    assert (orders["changed_at"][void] > orders["at"][void]).all()
    assert (orders["changed_at"][void] < WINDOW.end).all()
    assert (orders["refund"][void] == orders["total"][void]).all()
    part = orders["is_part_refund"]
    assert (orders["refund"][part] < orders["total"][part]).all()


def test_repeat_orders_come_at_most_once_a_week(shop):
    orders = shop.orders
    repeats = (orders["outcome"] == COUNTED) & ~orders["is_first"]
    person = orders["person"][repeats]
    since = orders["at"][repeats] - shop.milestones.at[person, PURCHASE]
    week = since // (7 * DAY)
    assert week.min() >= 1
    assert len(np.unique(person.astype(np.int64) * 1_000 + week)) == len(person)
    assert (shop.people.furthest[person] == RETENTION).all()


def test_visits_hang_together(events):
    # A pause inside a visit stays well below the 30 minutes that part two visits.
    plain = events["landing"] < 0
    assert plain.any()
    order = np.lexsort((events["at"], events["device"]))
    device, at = events["device"][order], events["at"][order]
    continued = plain[order][1:] & (device[1:] == device[:-1])
    assert (np.diff(at)[continued] <= 16 * 60_000).all()


def test_people_on_shared_devices_log_in(shop):
    visits = shop.visits
    shared = ~visits["is_own_device"]
    assert shared.any()
    assert visits["is_after"][shared].all()
    assert (shop.people.furthest[visits["person"][shared]] == RETENTION).all()


def test_every_device_of_ones_own_is_identified_if_its_owner_is(shop, events):
    visits = shop.visits
    known = np.unique(visits["device"][visits["identifies"] > 0])
    further = visits["device"][visits["is_own_device"] & (visits["device"] != visits["person"])]
    assert np.isin(further, known).all()
    calls = np.isin(events["code"], (KNOWN_BY_ACCOUNT, KNOWN_BY_EMAIL))
    assert np.isin(further, events["device"][calls]).all()
