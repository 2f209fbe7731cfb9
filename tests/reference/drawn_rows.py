"""Single rows of generated histories, one drawer for each kind of data."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from .choices import (
    ADDRESSES,
    AMOUNTS,
    BOT_AGENT,
    CUSTOMERS,
    DAY,
    DEVICES,
    EMAIL_EVENTS,
    EXPERIMENTS,
    HUMAN_AGENT,
    ORIGINS,
    STATUSES,
    WEB_EVENTS,
)
from .rows import (
    Customer,
    EmailEvent,
    Feedback,
    Interaction,
    Order,
    Referral,
    Refund,
    Row,
    SupportTicket,
    WebEvent,
)
from .run import Run


@cache
def choice(options: tuple) -> st.SearchStrategy:
    return st.sampled_from(options)


class Actor:
    """A person with habits: the devices, the account and the address that their rows may carry."""

    def __init__(self, draw):
        self.devices = (draw(choice(DEVICES)), draw(choice(DEVICES)))
        self.customer = draw(choice((*CUSTOMERS, None)))
        self.address = draw(choice((*ADDRESSES, None)))

    def identifiers(self, draw, *allowed: str) -> dict[str, str | None]:
        """Some of the identifiers that a row may carry, at least one."""
        known = {
            "anonymous_id": draw(choice(self.devices)),
            "customer_id": self.customer,
            "email_key": self.address,
        }
        known = {name: value for name, value in known.items() if name in allowed and value}
        if not known:
            known = {"customer_id": "ann"}
        chosen = draw(choice((*subsets(tuple(known)), (next(iter(known)),))))
        return {name: known[name] for name in chosen}


@cache
def subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All but the empty one, the small ones first."""
    found: list[tuple[str, ...]] = [()]
    for name in names:
        found += [(*subset, name) for subset in found]
    return sorted(found[1:], key=len)


class Drawer:
    """Draws rows of one world; keeps count so that keys are unique within their source."""

    def __init__(self, draw, run: Run, anchors: list[datetime]):
        self.draw = draw
        self.run = run
        self.anchors = anchors
        self.rows: list[Row] = []

    def pick(self, options: Iterable):
        return self.draw(choice(tuple(options)))

    def key(self, source: str) -> str:
        # Not in the order of time, not in that of letters, and the same in several sources.
        number = sum(row.source == source for row in self.rows)
        return f"{self.pick(['a', 'B', 'é', '9'])}{number}"

    def web(self, actor: Actor, when: datetime, event_name: str | None = None) -> WebEvent:
        alike = self.pick([None, None, None, *ORIGINS])
        origin = alike[len(self.rows) % len(alike)] if alike else (None,) * 4
        source_tag, medium_tag, referrer, click_id = origin
        experiment, variant = self.pick(EXPERIMENTS)
        source = self.pick(["site", "app"])
        return WebEvent(
            source=source,
            event_id=self.key(source),
            occurred_at=when,
            event_name=event_name or self.pick(WEB_EVENTS),
            referrer=referrer,
            utm_source=source_tag,
            utm_medium=medium_tag,
            utm_campaign=self.pick([None, "spring", "(not set)"]) if alike else None,
            click_id=click_id,
            device=self.pick([None, None, "mobile", "Desktop"]),
            country=self.pick([None, None, "GB", "DE", "ÖS"]),
            user_agent=self.pick([HUMAN_AGENT] * 8 + [None, BOT_AGENT]),
            experiment=experiment,
            variant=variant,
            **actor.identifiers(self.draw, "anonymous_id", "customer_id", "email_key"),
        )

    def mail(self, actor: Actor, when: datetime) -> EmailEvent:
        experiment, variant = self.pick(EXPERIMENTS)
        return EmailEvent(
            source="mailer",
            event_id=self.key("mailer"),
            occurred_at=when,
            event_name=self.pick(EMAIL_EVENTS),
            campaign=self.pick([None, "news", "offer"]),
            user_agent=self.pick([None] * 6 + [HUMAN_AGENT, BOT_AGENT]),
            is_machine=self.pick([None, False, False, True]),
            experiment=experiment,
            variant=variant,
            **actor.identifiers(self.draw, "email_key", "customer_id", "anonymous_id"),
        )

    def order(self, actor: Actor, when: datetime) -> Row:
        if self.run.orders_from == "web":
            return self.web_order(actor, when)
        net_amount = self.pick(AMOUNTS)
        has_total = self.pick([True, False])
        cancelled_after = self.pick([None] * 7 + [DAY, 40 * DAY])
        source = self.pick(["shop", "till"])
        return Order(
            source=source,
            order_id=f"{source}-{self.key(source)}",
            ordered_at=when,
            status=self.pick(STATUSES),
            net_amount=net_amount,
            total_amount=net_amount + self.pick([Decimal(0), Decimal(5)]) if has_total else None,
            currency=self.pick(["GBP", "GBP", "GBP", "EUR", "USD", "XXX"]),
            cancelled_at=when + cancelled_after if cancelled_after else None,
            is_test=self.pick([None, False, False, False, False, True]),
            **actor.identifiers(self.draw, "customer_id", "email_key", "anonymous_id"),
        )

    def web_order(self, actor: Actor, when: datetime) -> WebEvent:
        event = self.web(actor, when, self.pick(["purchase", "purchase", "purchase", "refund"]))
        event.order_id = self.pick(["T1", "T2", "T3", "T4", "(not set)", "", None])
        event.revenue = self.pick([*AMOUNTS, None])
        event.currency = self.pick(["GBP", "GBP", "EUR", "XXX", None])
        purchases = [row for row in self.rows if getattr(row, "event_name", None) == "purchase"]
        if event.event_name == "refund" and purchases:
            bought = self.pick(range(len(purchases)))
            event.source = purchases[bought].source
            event.order_id = purchases[bought].order_id
            event.revenue = self.pick([event.revenue, Decimal("3.00"), "all", "all"])
            if event.revenue == "all":
                event.revenue = purchases[bought].revenue
        return event

    def refund(self, actor: Actor, when: datetime) -> Refund:
        orders = [row for row in self.rows if row.kind == "orders"]
        order = orders[self.pick(range(len(orders)))] if orders else None
        amounts = [Decimal("3.00"), Decimal("10.00"), Decimal("5.00")]
        if order is not None:
            charged = order.net_amount if order.total_amount is None else order.total_amount
            amounts += [order.net_amount, charged, charged, charged]
        amount = self.pick(amounts)
        goods = [None, None, amount, min(amount, Decimal("3.33"))]
        return Refund(
            source="refunds",
            refund_id=self.key("refunds"),
            order_id=order.order_id if order is not None else "nobody's",
            refunded_at=self.pick([when, when, *self.anchors]),
            amount=amount,
            net_amount=self.pick(goods),
            currency=self.pick([order.currency, order.currency, None, "USD", "XXX"])
            if order
            else None,
        )

    def feedback(self, actor: Actor, when: datetime) -> Feedback:
        form, score = self.pick(
            [
                ("nps", 9),
                ("nps", 10),
                ("nps", 8),
                ("nps", 7),
                ("nps", 6),
                ("review", 4),
                ("review", 5),
                ("review", 3),
                ("review", 2),
                ("csat", 5),
                ("csat", 4),
                ("csat", 3),
                ("csat", 2),
            ]
        )
        return Feedback(
            source="survey",
            feedback_id=self.key("survey"),
            occurred_at=when,
            form=form,
            score=score,
            topic=self.pick([None, "price", "delivery"]),
            **actor.identifiers(self.draw, "customer_id", "email_key", "anonymous_id"),
        )

    def referral(self, actor: Actor, when: datetime) -> Referral:
        friend = self.pick([("key-d", None), ("Key-b", "Bob"), ("key-a", "9"), (None, "10")])
        return Referral(
            source="friends",
            referral_id=self.key("friends"),
            occurred_at=when,
            referrer_customer_id=actor.customer or "ann",
            referred_email_key=friend[0],
            referred_customer_id=friend[1],
        )

    def ticket(self, actor: Actor, when: datetime) -> SupportTicket:
        return SupportTicket(
            source="desk",
            ticket_id=self.key("desk"),
            opened_at=when,
            closed_at=self.pick([None, when + DAY]),
            topic=f"part {when.day}" if when.day % 7 else None,  # more than a trait keeps
            **actor.identifiers(self.draw, "customer_id", "email_key"),
        )

    def interaction(self, actor: Actor, when: datetime) -> Interaction:
        channel, event_name, direction = self.pick(
            [
                ("sms", "sent", "outbound"),
                ("sms", "replied", "inbound"),
                ("push", "opened", "inbound"),
                ("store", "visited", "inbound"),
                ("call", "answered", "outbound"),
                ("social", "commented", "inbound"),
            ]
        )
        return Interaction(
            source="desk",
            interaction_id=self.key("desk"),
            occurred_at=when,
            channel=channel,
            event_name=event_name,
            direction=direction,
            campaign=self.pick([None, "spring"]),
            **actor.identifiers(self.draw, "customer_id", "email_key", "anonymous_id"),
        )

    def customer(self, actor: Actor, when: datetime) -> Customer:
        return Customer(
            source="crm",
            customer_id=actor.customer or "ann",
            updated_at=when,
            created_at=self.pick([None, when - 100 * DAY, when - DAY]),
            email_key=self.pick([None, *ADDRESSES]),
            country=self.pick([None, "GB", "FR"]),
            birth_year=(None, 1800, 1950, 1985, 2008, when.year - 18)[when.day % 6],
            marketing_consent=self.pick([None, True, False]),
        )
