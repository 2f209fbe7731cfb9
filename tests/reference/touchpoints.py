"""One touchpoint for each thing between a person and the brand, with whose it is."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from .identity import Identity
from .orders import SettledOrder
from .rows import EmailEvent, Raw, WebEvent

IsBot = Callable[[WebEvent | EmailEvent], bool]

# What the brand did, not the person.
SENT_BY_THE_BRAND = {"sent", "delivered", "deferred", "dropped", "bounced"}
KNOWN_OF_EMAILS = SENT_BY_THE_BRAND | {
    *("opened", "clicked", "unsubscribed", "resubscribed", "complained")
}
DONE_BY_MACHINES = {"opened", "clicked"}


@dataclass(slots=True, kw_only=True)
class Touchpoint:
    touchpoint_id: str
    kind: str
    occurred_at: datetime
    touchpoint: str
    is_inbound: bool = True
    is_bot: bool = False
    is_machine: bool = False
    score: int | None = None
    device: str | None = None
    country: str | None = None
    anonymous_id: str | None = None
    customer_id: str | None = None
    email_key: str | None = None
    channel: str | None = None
    campaign: str | None = None
    person_id: str = ""
    person_id_basis: str = ""
    person_id_latest: str = ""
    visit_number: int | None = None
    visit_id: str | None = None
    phase: str | None = None
    stage: str | None = None

    @property
    def is_web(self) -> bool:
        return self.kind == "web_events"


def all_touchpoints(
    current: Raw,
    orders: list[SettledOrder],
    identity: Identity,
    is_bot: IsBot,
    ruled: Collection[str] = (),
) -> list[Touchpoint]:
    """`ruled` are the touchpoints that some stage rule names."""
    touchpoints = [
        *web_touchpoints(current, is_bot),
        *email_touchpoints(current, is_bot, ruled),
        *order_touchpoints(orders),
        *other_touchpoints(current),
    ]
    for touchpoint in touchpoints:
        belonging = identity.belonging(
            touchpoint.occurred_at,
            touchpoint.anonymous_id,
            touchpoint.customer_id,
            touchpoint.email_key,
        )
        touchpoint.person_id = belonging.person_id
        touchpoint.person_id_basis = belonging.basis
        touchpoint.person_id_latest = belonging.latest
    return touchpoints


def web_touchpoints(current: Raw, is_bot: IsBot) -> list[Touchpoint]:
    touchpoints = []
    for row in current["web_events"]:
        if row.event_name == "refund":
            continue  # refunds are no touchpoints
        bot = is_bot(row)
        touchpoints.append(
            Touchpoint(
                touchpoint_id=row.touchpoint_id,
                kind=row.kind,
                occurred_at=row.occurred_at,
                touchpoint=f"web:{row.event_name}",
                is_inbound=not bot,
                is_bot=bot,
                device=row.device,
                country=row.country,
                anonymous_id=row.anonymous_id,
                customer_id=row.customer_id,
                email_key=row.email_key,
            )
        )
    return touchpoints


def email_touchpoints(current: Raw, is_bot: IsBot, ruled: Collection[str]) -> list[Touchpoint]:
    touchpoints = []
    for row in current["email_events"]:
        by_machine = bool(row.is_machine) or is_bot(row)
        is_inbound = row.event_name not in SENT_BY_THE_BRAND
        if row.event_name not in KNOWN_OF_EMAILS:
            is_inbound = f"email:{row.event_name}" in ruled
        if by_machine and row.event_name in DONE_BY_MACHINES:
            is_inbound = False
        touchpoints.append(
            Touchpoint(
                touchpoint_id=row.touchpoint_id,
                kind=row.kind,
                occurred_at=row.occurred_at,
                touchpoint=f"email:{row.event_name}",
                is_inbound=is_inbound,
                is_machine=by_machine,
                anonymous_id=row.anonymous_id,
                customer_id=row.customer_id,
                email_key=row.email_key,
            )
        )
    return touchpoints


def order_touchpoints(orders: list[SettledOrder]) -> list[Touchpoint]:
    return [
        Touchpoint(
            touchpoint_id=order.touchpoint_id,
            kind="orders",
            occurred_at=order.ordered_at,
            touchpoint="order:placed" if order.is_counted else "order:cancelled",
            anonymous_id=order.row.anonymous_id,
            customer_id=order.row.customer_id,
            email_key=order.row.email_key,
        )
        for order in orders
    ]


def other_touchpoints(current: Raw) -> list[Touchpoint]:
    feedback = [
        Touchpoint(
            touchpoint_id=row.touchpoint_id,
            kind=row.kind,
            occurred_at=row.occurred_at,
            touchpoint=f"feedback:{row.form}",
            score=row.score,
            anonymous_id=row.anonymous_id,
            customer_id=row.customer_id,
            email_key=row.email_key,
        )
        for row in current["feedback"]
    ]
    referrals = [
        Touchpoint(
            touchpoint_id=row.touchpoint_id,
            kind=row.kind,
            occurred_at=row.occurred_at,
            touchpoint="referral:sent",
            customer_id=row.referrer_customer_id,
        )
        for row in current["referrals"]
    ]
    tickets = [
        Touchpoint(
            touchpoint_id=row.touchpoint_id,
            kind=row.kind,
            occurred_at=row.opened_at,
            touchpoint="support:opened",
            customer_id=row.customer_id,
            email_key=row.email_key,
        )
        for row in current["support_tickets"]
    ]
    interactions = [
        Touchpoint(
            touchpoint_id=row.touchpoint_id,
            kind=row.kind,
            occurred_at=row.occurred_at,
            touchpoint=f"{row.channel}:{row.event_name}",
            is_inbound=row.direction == "inbound",
            anonymous_id=row.anonymous_id,
            customer_id=row.customer_id,
            email_key=row.email_key,
        )
        for row in current["interactions"]
    ]
    return [*feedback, *referrals, *tickets, *interactions]
