"""The generated worlds reach the corners that they are generated for."""

import itertools
from datetime import datetime, timedelta

import pytest

from .attribution import touches_of
from .choices import MICROSECOND
from .current import current_rows
from .histories import generated_worlds, merged
from .recount import Recount, recount
from .rows import Raw, gathered
from .run import Run
from .seeds import LAPSED, load_seeds
from .warehouse import SEEDS

RUN = Run(as_of=datetime(2026, 7, 1), max_people_per_device=2)


@pytest.fixture(scope="module")
def raw() -> Raw:
    return gathered(merged(generated_worlds(RUN, 450, 11)))


@pytest.fixture(scope="module")
def recounted(raw) -> Recount:
    return recount(raw, RUN, load_seeds(SEEDS))


def test_every_rule_of_identity_decides_for_a_person(recounted):
    assert {each.person_id_basis for each in recounted.touchpoints} == {
        "own_customer",
        "own_email",
        "device_before",
        "device_after",
        "device_only",
    }
    assert recounted.identity.shared_devices
    assert any(each.person_id != each.person_id_latest for each in recounted.touchpoints)


def test_people_are_touched_at_the_edges_of_visits(recounted):
    gaps = set()
    for person in recounted.people:
        times = [each.occurred_at for visit in person.visits for each in visit.touchpoints]
        gaps |= {after - before for before, after in itertools.pairwise(times)}
    half_hour = timedelta(minutes=30)
    assert {timedelta(0), half_hour, half_hour + MICROSECOND} <= gaps
    assert any(visit.is_overlong for person in recounted.people for visit in person.visits)


def test_people_go_every_way_through_the_stages(recounted):
    assert {each.direction for each in recounted.transitions} == {
        "enter",
        "forward",
        "skip",
        "back",
        "lapse",
        "return",
    }
    from_a_day = [timedelta(days=days) for days in (30, 90)]
    silences = set()
    ignored_mails = 0
    for person in recounted.people:
        for before, visit in zip(person.visits, person.visits[1:], strict=False):
            silences.add(visit.started_at - before.ended_at)
            if not visit.has_web and any(each.stage for each in visit.touchpoints):
                entered = {entry.entered_at for entry in person.entries}
                ignored_mails += not entered & {each.occurred_at for each in visit.touchpoints}
    assert {*from_a_day, *(days + MICROSECOND for days in from_a_day)} <= silences
    assert ignored_mails
    lapses = [entry for person in recounted.people for entry in person.entries]
    assert any(
        entry.stage == LAPSED and entry.entered_at == RUN.as_of - MICROSECOND for entry in lapses
    )


def test_orders_come_to_every_end(raw, recounted):
    current = current_rows(raw, RUN.as_of)
    refunds_after = [row for row in raw["refunds"] if row.refunded_at >= RUN.as_of]
    assert refunds_after
    assert any(row.is_test for row in current["orders"])
    assert any(row.status is None for row in current["orders"])
    assert any(row.cancelled_at and row.cancelled_at >= RUN.as_of for row in current["orders"])
    assert {each.is_counted for each in recounted.orders} == {True, False}
    assert any(each.net_revenue is None for each in recounted.orders)
    assert any(
        each.is_counted and each.net_revenue is not None and each.net_revenue < each.row.net_amount
        for each in recounted.orders
        if each.row.currency == RUN.reporting_currency
    )


def test_people_order_twice_in_a_visit_and_come_again_after_their_last_order(recounted):
    lookback = timedelta(days=RUN.attribution_lookback_days)
    orders_of_visits, waits, spans = [], set(), set()
    for person in recounted.people:
        touches = touches_of(person)
        for visit in touches:
            own = {each.touchpoint_id for each in visit.touchpoints}
            orders = [each for each in person.orders if each.touchpoint_id in own]
            orders_of_visits.append([each.ordered_at - visit.started_at for each in orders])
        if person.orders:
            last = person.orders[-1].ordered_at
            touches = [visit for visit in touches if visit.started_at >= last]
            waits |= {visit.started_at - last for visit in touches}
        spans |= {touches[-1].started_at - visit.started_at for visit in touches}
    several = [waited for waited in orders_of_visits if len(waited) > 1]
    assert any(waited[1] > waited[0] for waited in several)
    assert any(waited[1] == waited[0] for waited in several)
    assert timedelta(0) in waits  # a visit that begins with the last order is that order's
    assert any(wait > timedelta(0) for wait in waits)
    assert {lookback, lookback + MICROSECOND} <= spans


def test_rows_come_late_again_and_from_bots_and_machines(raw, recounted):
    rows = [row for kind in raw.values() for row in kind]
    assert any(row.delivered_on - row.instant.date() == timedelta(days=40) for row in rows)
    assert any(row.is_restatement for row in rows)
    assert any(row.instant >= RUN.as_of for row in rows)
    assert any(each.is_bot for each in recounted.touchpoints)
    assert any(each.is_machine and not each.is_inbound for each in recounted.touchpoints)
