"""Generated histories: small worlds of a few people, with everything that makes a journey hard.

A world is the raw rows of one to three people who may share devices, addresses and customer rows.
Worlds never share an identifier, so that hundreds of them make one raw layer and one build, and a
difference still points at the one world that shows it.
"""

from collections.abc import Iterable
from copy import copy
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .periods import Calendar
from .rows import (
    AdSpend,
    Customer,
    EmailEvent,
    Feedback,
    Order,
    Referral,
    Refund,
    Row,
    SupportTicket,
    WebEvent,
    delivered,
)
from .run import Run

BATCH = 12
MICROSECOND = timedelta(microseconds=1)
HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)

# What lies between one thing that somebody does and the next. Zero makes equal timestamps; the
# rest are the two sides of every edge: the visit's time-out, the lapses, the rolling periods.
GAPS = [
    timedelta(0),
    MICROSECOND,
    timedelta(minutes=3),
    timedelta(minutes=20),
    HALF_HOUR,
    HALF_HOUR + MICROSECOND,
    timedelta(hours=5),
    DAY,
    7 * DAY,
    11 * DAY,
    30 * DAY - MICROSECOND,
    30 * DAY,
    30 * DAY + MICROSECOND,
    41 * DAY,
    90 * DAY,
    90 * DAY + MICROSECOND,
]
# The longest are drawn most often: histories end before many of them fit in.
LIKELY_GAPS = [*GAPS, *GAPS[:6] * 2, *GAPS[6:10] * 2, *GAPS[-2:] * 5]

BEFORE_THE_ORDER = [
    "page_view",
    "page_view",
    "session_start",
    "product_view",
    "search",
    "add_to_cart",
    "begin_checkout",
]
AROUND_THE_ORDER = ["login", "account_view", "order_tracked", "share", "refer_friend"]
WEB_EVENTS = [
    *BEFORE_THE_ORDER,
    *BEFORE_THE_ORDER,
    *AROUND_THE_ORDER,
    "purchase",
    "review_read",
    "refund",
]
EMAIL_EVENTS = [
    "sent",
    "delivered",
    "opened",
    "opened",
    "opened",
    "clicked",
    "clicked",
    "unsubscribed",
    "resubscribed",
    "bounced",
]
STATUSES = ["placed", "paid", "fulfilled", "pending", None, "paid", "paid", "cancelled", "failed"]
AMOUNTS = [Decimal(text) for text in ("10.00", "10.00", "0.00", "0.05", "19.99", "333.33")]

HUMAN_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
BOT_AGENT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"

# Experiments that everybody is in, one with shares of its own, many with few people each, and rows
# that lack a name.
EXPERIMENTS = [
    *[(None, None)] * 120,
    *[("checkout", variant) for variant in ("control", "one_page", "One")] * 8,
    *[("subject", variant) for variant in ("b", "a")] * 4,
    *[("one_page_checkout", variant) for variant in ("control", "one_page")] * 4,
    *[(f"rare {number}", variant) for number in range(20) for variant in ("control", "new")],
    ("half", None),
    (None, "half"),
]

# Where web visitors come from: source, medium, referrer, click id. Few channels come of them, since
# exact attribution over many takes long; `test_channels` has them all.
ORIGINS = (
    (
        ("google", "cpc", None, None),
        ("google", "organic", "https://www.google.com/", "gclid:a"),
        (None, None, None, "a click of no known network"),
    ),
    (
        ("google", "organic", None, None),
        (None, None, "https://www.bing.co.uk/search?q=shoes", None),
        (None, None, "https://www.shop.example/cart", None),
    ),
    (
        ("newsletter", "email", None, None),
        ("newsletter", "E-Mail", None, "gclid:c"),
        (None, None, "https://checkout.pay.example/back", None),
    ),
    (
        ("facebook", "social", None, None),
        ("facebook", "organic", "https://m.facebook.com/", "fbclid:d"),
        ("(direct)", None, None, "GBRAID:b"),
    ),
    (
        ("(direct)", "(none)", None, None),
        ("(not set)", "(not set)", "https://blog.example/post", None),
    ),
)

# Names that sort differently by letter and by byte.
CUSTOMERS = ("ann", "Bob", "Ámos", "9", "10")
ADDRESSES = ("key-a", "Key-b", "key-ç", "key-d")
DEVICES = ("kiosk", "kiosk", "phone", "Tablet")

IDENTIFIERS = (
    "event_id",
    "order_id",
    "refund_id",
    "feedback_id",
    "referral_id",
    "ticket_id",
    "customer_id",
    "anonymous_id",
    "email_key",
    "referrer_customer_id",
    "referred_email_key",
    "referred_customer_id",
)
NO_IDENTIFIERS = (None, "", "(not set)")


@cache
def choice(options: tuple) -> st.SearchStrategy:
    return st.sampled_from(options)


class Actor:
    """Somebody with habits: the devices, the account and the address that their rows may carry."""

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


class World:
    """Draws the rows of one world; keeps count so that keys are unique within their source."""

    def __init__(self, draw, run: Run):
        self.draw = draw
        self.run = run
        self.rows: list[Row] = []
        self.actors = [Actor(draw) for _ in range(draw(st.integers(1, 4)))]
        self.anchors = anchors(run)

    def pick(self, options: Iterable):
        return self.draw(choice(tuple(options)))

    def key(self, source: str) -> str:
        # Not in the order of time, not in that of letters, and the same in several sources.
        number = sum(row.source == source for row in self.rows)
        return f"{self.pick(['a', 'B', 'é', '9'])}{number}"

    def fill(self) -> list[Row]:
        starts = [self.run.as_of - days * DAY for days in (1, 29, 60, 61, 119, 150, 210)]
        begins = self.pick([*starts, *self.anchors])
        for actor in self.actors:
            clock = begins if self.pick([True, False]) else self.pick([*starts, *self.anchors])
            if self.pick([False] * 40 + [True]):
                self.marathon(actor, clock)
            for _ in range(self.draw(st.integers(1, 14))):
                self.add(actor, clock)
                is_elsewhere = self.pick([False] * 9 + [True])
                clock = self.pick(self.anchors) if is_elsewhere else clock + self.pick(LIKELY_GAPS)
                if clock > self.run.as_of + DAY:
                    clock = self.pick([*starts, *self.anchors])
        return self.rows

    def marathon(self, actor: Actor, when: datetime) -> None:
        """One visit of exactly 24 hours, or of a microsecond more."""
        device = actor.devices[0]
        steps = [when + number * HALF_HOUR for number in range(49)]
        if self.pick([True, False]):
            steps.append(steps[-1] + MICROSECOND)
        for step in steps:
            row = WebEvent(
                source="site", event_id=self.key("site"), occurred_at=step, anonymous_id=device
            )
            self.rows.append(self.delivered(row))

    def add(self, actor: Actor, when: datetime) -> None:
        makers = [self.web] * 11 + [self.mail] * 4 + [self.order] * 3
        makers += [self.feedback, self.referral, self.ticket, self.customer]
        if self.run.orders_from == "orders":
            makers += [self.refund]
        row = self.delivered(self.pick(makers)(actor, when))
        known = {(each.kind, each.source, each.key) for each in self.rows}
        row.is_restatement = (row.kind, row.source, row.key) in known
        self.rows.append(row)
        if self.pick([False] * 11 + [True]):
            self.restate(actor, row)

    def delivered(self, row: Row) -> Row:
        day = row.instant.date()
        row.delivered_on = day + self.pick([0, 0, 0, 1, 2, 40]) * DAY
        row.file_name = self.pick(["landing/a.json", "landing/b.json"])
        row.file_row = len(self.rows) + 1
        row.load_id = len(self.rows) + 1
        return row

    def restate(self, actor: Actor, row: Row) -> None:
        """The same key delivered with other content; not always later than the first."""
        moved = row.instant + self.pick([timedelta(0), HALF_HOUR, -DAY, 31 * DAY])
        again = self.delivered(self.maker_of(row)(actor, moved))
        again.source = row.source
        for column in row.key_columns:
            setattr(again, column, getattr(row, column))
        again.is_restatement = True
        self.rows.append(again)

    def maker_of(self, row: Row):
        makers = {
            "web_events": self.web,
            "email_events": self.mail,
            "orders": self.order,
            "refunds": self.refund,
            "feedback": self.feedback,
            "referrals": self.referral,
            "support_tickets": self.ticket,
            "customers": self.customer,
        }
        return makers[row.kind]

    # ---------------------------------------------------------------- rows of each kind

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
            **actor.identifiers(self.draw, "customer_id", "email_key"),
        )

    def customer(self, actor: Actor, when: datetime) -> Customer:
        return Customer(
            source="crm",
            customer_id=actor.customer or "ann",
            updated_at=when,
            created_at=self.pick([None, when - 100 * DAY, when - DAY]),
            email_key=self.pick([None, *ADDRESSES]),
            country=self.pick([None, "GB", "FR"]),
            marketing_consent=self.pick([None, True, False]),
        )


def anchors(run: Run) -> list[datetime]:
    """Instants at the edges of what a run counts, and of calendar periods."""
    calendar = Calendar(run.reporting_time_zone)
    edges = [run.as_of - days * DAY for days in (0, 30, 90)]
    month = calendar.month(run.as_of - 45 * DAY)
    monday = calendar.period("week", run.as_of - 20 * DAY)
    edges += [calendar.begins_at(month), calendar.begins_at(monday)]
    edges.append(datetime.combine((run.as_of - 7 * DAY).date(), time()))
    return [edge + shift for edge in edges for shift in (timedelta(0), -MICROSECOND)]


@st.composite
def worlds(draw, run: Run) -> list[Row]:
    return World(draw, run).fill()


def generated_worlds(run: Run, count: int, seed_number: int) -> list[list[Row]]:
    """So many different worlds, the same ones for the same seed. One build tells what they come
    to, so they are generated first and judged together."""
    found: dict[str, list[Row]] = {}
    for batch in range(count):
        for rows in one_batch(run, f"{seed_number}.{batch}"):
            found.setdefault(repr(rows), rows)
        if len(found) >= count:
            break
    return list(found.values())[:count]


def one_batch(run: Run, seed_number: str) -> list[list[Row]]:
    """Of one seed, later examples are variations of earlier ones: few of them tell more."""
    found: list[list[Row]] = []

    @seed(seed_number)
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds(run))
    def collect(rows: list[Row]) -> None:
        found.append(rows)

    collect()
    return found


def regular_buyers(run: Run, people: int = 150) -> list[Row]:
    """People who come back often enough, in the first half of what is known too, that the models
    of repeat buying have something to be fitted to. The worlds' people hardly ever do, and how
    often depends on what the generator draws."""
    draw = Random(f"{run.as_of}")
    rows: list[Row] = []
    for number in range(people):
        ordered_at = run.as_of - draw.uniform(120, 200) * DAY
        while ordered_at < run.as_of:
            amount = Decimal(draw.randint(500, 9000)) / 100
            order = purchase(run, f"regular-{len(rows)}", ordered_at, f"regular-{number}", amount)
            order.delivered_on, order.file_row = ordered_at.date(), len(rows)
            rows.append(order)
            if draw.random() < 0.15:
                break
            ordered_at += draw.expovariate(1 / 25) * DAY
    return rows


def purchase(run: Run, order_id: str, at: datetime, customer_id: str, amount: Decimal) -> Row:
    """An order as the run reads them: of the order feed, or a web purchase."""
    if run.orders_from == "web":
        return WebEvent(
            source="site",
            event_id=order_id,
            event_name="purchase",
            occurred_at=at,
            customer_id=customer_id,
            order_id=order_id,
            revenue=amount,
        )
    return Order(
        source="shop",
        order_id=order_id,
        ordered_at=at,
        customer_id=customer_id,
        net_amount=amount,
    )


def merged(found: list[list[Row]]) -> list[Row]:
    """The rows of all worlds, each world's identifiers under its own prefix."""
    return [renamed(row, world_prefix(number)) for number, rows in enumerate(found) for row in rows]


def world_prefix(number: int) -> str:
    return f"w{number:05}-"


def renamed(row: Row, prefix: str) -> Row:
    row = copy(row)
    for name in IDENTIFIERS:
        if getattr(row, name, None) not in NO_IDENTIFIERS:
            setattr(row, name, prefix + getattr(row, name))
    return row


def spend_around(run: Run) -> list[Row]:
    """Costs at the edges of months, as_of and rates, one of them told again."""
    last_day = run.as_of.date()
    days = [last_day - timedelta(days=number) for number in (-1, 0, 1, 30, 31, 60, 120)]
    rows = [
        delivered(
            AdSpend(
                spend_date=day,
                channel=channel,
                campaign=campaign,
                amount=Decimal("33.33"),
                currency=currency,
            )
        )
        for day in days
        for channel, campaign, currency in (
            ("paid_search", "spring", "GBP"),
            ("paid_search", None, "EUR"),
            ("email", None, "USD"),
            ("audio", "spring", "XXX"),
        )
    ]
    again = delivered(
        AdSpend(
            spend_date=days[3],
            channel="paid_search",
            amount=Decimal("0.00"),
            currency="EUR",
            file_name="landing/file-2",
            is_restatement=True,
        )
    )
    return [*rows, again]
