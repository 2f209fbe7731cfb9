"""Who referred whom, and how many of those became customers."""

from datetime import date, datetime, timedelta

from .identity import Identity
from .people import Person
from .periods import Calendar, later
from .rows import Referral
from .run import Run

MICROSECOND = timedelta(microseconds=1)


def referral_rates(
    referrals: list[Referral], people: list[Person], identity: Identity, run: Run
) -> dict[tuple, dict]:
    """Keys: month (None: overall). Every month from the first customer or referral to as_of's."""
    calendar = Calendar(run.reporting_time_zone)
    first_orders = {
        person.person_id: person.first_order.ordered_at for person in people if person.orders
    }
    table = {(None,): rates(referrals, list(first_orders), first_orders, identity)}
    instants = [*first_orders.values(), *(row.occurred_at for row in referrals)]
    if not instants:
        return table
    month = calendar.month(min(instants))
    while month <= calendar.month(run.as_of - MICROSECOND):
        end = calendar.begins_at(later("month", month, 1))
        customers = [person for person, instant in first_orders.items() if instant < end]
        of_month = [row for row in referrals if in_month(row, month, calendar)]
        table[month,] = rates(of_month, customers, first_orders, identity)
        month = later("month", month, 1)
    return table


def in_month(row: Referral, month: date, calendar: Calendar) -> bool:
    return calendar.month(row.occurred_at) == month


def rates(
    referrals: list[Referral],
    customers: list[str],
    first_orders: dict[str, datetime],
    identity: Identity,
) -> dict:
    referrers = {row.referrer_customer_id for row in referrals}
    won = set()
    for row in referrals:
        person = referred_person(row, identity)
        if person in first_orders and first_orders[person] > row.occurred_at:
            won.add(person)
    has_customers, has_referrals = bool(customers), bool(referrals)
    return {
        "customers": len(customers),
        "referrers": len(referrers),
        "referrals": len(referrals),
        "referred_customers": len(won),
        "referral_rate": len(referrers) / len(customers) if has_customers else None,
        "k_factor": (
            (len(referrals) / len(customers)) * (len(won) / len(referrals))
            if has_customers and has_referrals
            else None
        ),
    }


def referred_person(row: Referral, identity: Identity) -> str | None:
    if row.referred_customer_id is None and row.referred_email_key is None:
        return None
    return identity.named_person(row.referred_customer_id, row.referred_email_key)
