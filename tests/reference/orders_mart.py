"""The mart `orders`: every order that is no test order, with its person, visit and touches."""

from decimal import Decimal

from .attribution import RULES, UNATTRIBUTED, Conversion, conversions_of
from .orders import SettledOrder, rounded
from .periods import Calendar
from .recount import Recount
from .transitions import HOUR

STATUSES = {"placed", "paid", "fulfilled", "pending", "failed", "voided", "cancelled"}


def orders_mart(recounted: Recount) -> dict[tuple, dict]:
    """Key: the order's touchpoint_id."""
    run = recounted.run
    calendar = Calendar(run.reporting_time_zone)
    touchpoints = {each.touchpoint_id: each for each in recounted.touchpoints}
    people = {person.person_id: person for person in recounted.people}
    conversions = {
        conversion.order.touchpoint_id: conversion
        for person in recounted.people
        for conversion in conversions_of(person, run.attribution_lookback_days, run.split_by_order)
    }
    table = {}
    for order in recounted.orders:
        touchpoint = touchpoints[order.touchpoint_id]
        person = people[touchpoint.person_id]
        visit = person.visits[touchpoint.visit_number - 1]
        table[(order.touchpoint_id,)] = {
            "order_id": order.row.order_id,
            "source": order.row.source,
            "person_id": person.person_id,
            "ordered_at": order.ordered_at,
            "ordered_date": calendar.day(order.ordered_at),
            "status": status_of(order),
            "is_counted": order.is_counted,
            **place_of(order, person.orders),
            "net_amount": converted(order.row.net_amount, order),
            "refunded_amount": converted(order.paid_back, order),
            "net_revenue": order.net_revenue,
            "original_currency": order.row.currency,
            "exchange_rate": order.rate,
            "visit_id": visit.visit_id,
            "channel": visit.channel,
            "campaign": visit.campaign,
            "last_non_direct_channel": last_non_direct(conversions.get(order.touchpoint_id)),
        }
    return table


def status_of(order: SettledOrder) -> str | None:
    """A tool's own word counts as placed."""
    status = order.row.status
    return status if status is None or status in STATUSES else "placed"


def place_of(order: SettledOrder, counted: list[SettledOrder]) -> dict:
    """Which of the person's counted orders it is, and how long after the one before."""
    keys = [each.touchpoint_id for each in counted]
    if order.touchpoint_id not in keys:
        return {"order_number": None, "is_first": False, "hours_since_previous_order": None}
    number = keys.index(order.touchpoint_id) + 1
    hours = None
    if number > 1:
        hours = (order.ordered_at - counted[number - 2].ordered_at) / HOUR
    return {
        "order_number": number,
        "is_first": number == 1,
        "hours_since_previous_order": hours,
    }


def converted(amount: Decimal, order: SettledOrder) -> Decimal | None:
    return None if order.rate is None else rounded(amount * order.rate)


def last_non_direct(conversion: Conversion | None) -> str | None:
    """The channel that the model of that name credits; an order that is no conversion has none."""
    if conversion is None:
        return None
    if not conversion.touches:
        return UNATTRIBUTED
    credited = RULES["last_non_direct"](conversion).index(1)
    return conversion.channels[credited]
