"""The recount on people few enough that the answers below were worked out on paper.

Recount and SQL are written from the same page; these answers are the third voice.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from .histories import BOT_AGENT
from .periods import Calendar, distance, later
from .recount import Recount, recount
from .rows import (
    Customer,
    EmailEvent,
    Feedback,
    Order,
    Referral,
    Refund,
    Row,
    SupportTicket,
    WebEvent,
    gathered,
)
from .run import Run
from .seeds import DEFAULTS
from .value import History, expected_purchases, expected_worth, histories, spans

AS_OF = datetime(2026, 7, 1)
MICROSECOND = timedelta(microseconds=1)


def at(text: str) -> datetime:
    """'03-05 10:00' in the year of the tests."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}")


_numbers = iter(range(1, 10_000))


def web(when: str | datetime, event_name: str = "page_view", **columns) -> WebEvent:
    occurred_at = when if isinstance(when, datetime) else at(when)
    named = {"anonymous_id", "customer_id", "email_key"} & columns.keys()
    if not named:
        columns["anonymous_id"] = "d1"
    columns.setdefault("event_id", f"w{next(_numbers):04}")
    return WebEvent(occurred_at=occurred_at, event_name=event_name, **columns)


def mail(when: str | datetime, event_name: str, **columns) -> EmailEvent:
    occurred_at = when if isinstance(when, datetime) else at(when)
    event_id = f"m{next(_numbers):04}"
    return EmailEvent(event_id=event_id, occurred_at=occurred_at, event_name=event_name, **columns)


def order(when: str | datetime, order_id: str = "o1", amount: str = "10.00", **columns) -> Order:
    ordered_at = when if isinstance(when, datetime) else at(when)
    if not {"anonymous_id", "customer_id", "email_key"} & columns.keys():
        columns["anonymous_id"] = "d1"
    return Order(order_id=order_id, ordered_at=ordered_at, net_amount=Decimal(amount), **columns)


def counted(rows: list[Row], channels=None, **settings) -> Recount:
    run = Run(**{"as_of": AS_OF, **settings})
    for number, row in enumerate(rows, start=1):
        if row.delivered_on is None:
            row.delivered_on = row.instant.date()
            row.file_row = number
    return recount(gathered(rows), run, DEFAULTS, channels)


def owners(recounted: Recount) -> dict[str, tuple[str, str, str]]:
    return {
        each.touchpoint_id.split(":")[2]: (
            each.person_id,
            each.person_id_basis,
            each.person_id_latest,
        )
        for each in recounted.touchpoints
    }


def entries(recounted: Recount, person_id: str = "anon:d1") -> list[tuple[str, datetime]]:
    return [(entry.stage, entry.entered_at) for entry in recounted.person(person_id).entries]


def stages(recounted: Recount, person_id: str = "anon:d1") -> list[str]:
    return [stage for stage, _ in entries(recounted, person_id)]


# ---------------------------------------------------------------- who is one person


def test_a_shared_device_belongs_to_whoever_identified_last_and_before_that_to_the_first():
    recounted = counted(
        [
            web("03-01 09:00", event_id="a"),
            web("03-01 10:00", event_id="b", anonymous_id="d1", customer_id="ann"),
            web("03-01 10:00", event_id="c"),
            web("03-02 09:00", event_id="d"),
            web("03-02 10:00", event_id="e", anonymous_id="d1", customer_id="bob"),
            web("03-02 11:00", event_id="f"),
        ]
    )
    assert owners(recounted) == {
        "a": ("cust:ann", "device_after", "cust:bob"),
        "b": ("cust:ann", "own_customer", "cust:ann"),
        "c": ("cust:ann", "device_before", "cust:bob"),
        "d": ("cust:ann", "device_before", "cust:bob"),
        "e": ("cust:bob", "own_customer", "cust:bob"),
        "f": ("cust:bob", "device_before", "cust:bob"),
    }


def test_of_identifications_at_one_instant_the_last_wins_for_later_and_the_first_for_earlier():
    # The order is (kind, source, key): feedback, orders, web_events.
    recounted = counted(
        [
            web("03-01 09:00", event_id="early"),
            web("03-01 10:00", event_id="id", anonymous_id="d1", customer_id="web"),
            order("03-01 10:00", anonymous_id="d1", customer_id="shop"),
            Feedback(
                feedback_id="f",
                occurred_at=at("03-01 10:00"),
                form="csat",
                score=3,
                anonymous_id="d1",
                customer_id="survey",
            ),
            web("03-01 10:00", event_id="same"),
        ]
    )
    whose = owners(recounted)
    assert whose["early"] == ("cust:survey", "device_after", "cust:web")
    assert whose["same"] == ("cust:web", "device_before", "cust:web")


def test_an_address_belongs_to_the_customer_it_was_first_seen_with_also_for_earlier_mails():
    recounted = counted(
        [
            mail("03-01 08:00", "opened", email_key="k1"),
            web("03-02 09:00", email_key="k1", customer_id="zoe"),
            web("03-02 09:00", email_key="k1", customer_id="ann"),
            mail("03-03 09:00", "opened", email_key="k1", customer_id="zoe"),
            mail("03-04 09:00", "opened", email_key="k2"),
        ]
    )
    people = [each.person_id for each in recounted.touchpoints if each.kind == "email_events"]
    assert people == ["cust:ann", "cust:zoe", "email:k2"]


def test_customer_rows_and_referrals_are_evidence_at_their_own_instants():
    # The customers row counts at created_at, long before its update; the referral names an address.
    recounted = counted(
        [
            Customer(
                customer_id="late",
                updated_at=at("05-01 00:00"),
                created_at=at("02-01 00:00"),
                email_key="k1",
            ),
            web("03-01 09:00", email_key="k1", customer_id="early"),
            Referral(
                referral_id="r",
                occurred_at=at("03-01 09:00"),
                referrer_customer_id="ann",
                referred_email_key="k2",
                referred_customer_id="friend",
            ),
            mail("03-05 09:00", "opened", email_key="k1"),
            mail("03-05 09:00", "opened", email_key="k2"),
        ]
    )
    people = [each.person_id for each in recounted.touchpoints if each.kind == "email_events"]
    assert people == ["cust:late", "cust:friend"]
    sent = [each.person_id for each in recounted.touchpoints if each.kind == "referrals"]
    assert sent == ["cust:ann"]


def test_every_delivered_version_of_a_customer_is_evidence_but_only_up_to_as_of():
    versions = [
        Customer(customer_id="ann", updated_at=at("02-01 00:00"), email_key="old"),
        Customer(customer_id="ann", updated_at=at("03-01 00:00"), email_key="new"),
        Customer(customer_id="ann", updated_at=AS_OF, created_at=at("01-01 00:00"), email_key="x"),
    ]
    recounted = counted(
        [*versions, *(mail("04-01 09:00", "opened", email_key=key) for key in ("old", "new", "x"))]
    )
    assert [each.person_id for each in recounted.touchpoints] == ["cust:ann", "cust:ann", "email:x"]


def test_an_unowned_address_identifies_a_device_only_while_no_customer_ever_has():
    alone = counted([web("03-01 09:00"), web("03-02 09:00", anonymous_id="d1", email_key="k1")])
    assert [each.person_id for each in alone.touchpoints] == ["email:k1", "email:k1"]
    joined = counted(
        [
            web("03-01 09:00", event_id="a"),
            web("03-02 09:00", event_id="b", anonymous_id="d1", email_key="k1"),
            web("03-02 10:00", event_id="c"),
            web("05-02 09:00", event_id="d", anonymous_id="d1", customer_id="ann"),
        ]
    )
    whose = {key: (person, basis) for key, (person, basis, _) in owners(joined).items()}
    assert whose == {
        "a": ("cust:ann", "device_after"),
        "b": ("email:k1", "own_email"),
        "c": ("cust:ann", "device_after"),
        "d": ("cust:ann", "own_customer"),
    }


def test_a_kiosk_identifies_nobody():
    rows = [
        web(f"03-0{day} 09:00", event_id=f"i{day}", anonymous_id="d1", customer_id=f"c{day}")
        for day in (1, 2, 3)
    ]
    anonymous = web("03-05 09:00", event_id="a")
    two_people = counted([*rows[:2], anonymous], max_people_per_device=2)
    assert owners(two_people)["a"] == ("cust:c2", "device_before", "cust:c2")
    three_people = counted([*rows, anonymous], max_people_per_device=2)
    assert owners(three_people)["a"] == ("anon:d1", "device_only", "anon:d1")
    assert owners(three_people)["i1"] == ("cust:c1", "own_customer", "cust:c1")
    assert three_people.identity.kiosks == {"d1": 3}


def test_bots_and_machines_are_evidence_and_touchpoints_but_not_inbound():
    recounted = counted(
        [
            web("03-01 09:00", anonymous_id="d1", customer_id="ann", user_agent=BOT_AGENT),
            web("03-01 10:00"),
            mail("03-01 10:10", "opened", customer_id="ann", is_machine=True),
            mail("03-01 10:20", "delivered", customer_id="ann"),
            mail("03-01 10:25", "unsubscribed", customer_id="ann", is_machine=True),
            mail("03-01 10:30", "clicked", anonymous_id="d1", user_agent=BOT_AGENT),
        ]
    )
    assert [each.person_id for each in recounted.touchpoints] == ["cust:ann"] * 6
    inbound = [each.is_inbound for each in recounted.touchpoints]
    assert inbound == [False, True, False, False, True, False]
    (visit,) = recounted.person("cust:ann").visits
    assert (visit.started_at, visit.ended_at) == (at("03-01 10:00"), at("03-01 10:25"))


def test_the_later_delivery_of_a_key_wins_and_nothing_at_or_after_as_of_counts():
    recounted = counted(
        [
            web("03-01 09:00", "search", event_id="a", delivered_on=date(2026, 3, 2)),
            web("03-01 09:30", "login", event_id="a", delivered_on=date(2026, 3, 4)),
            web("03-01 09:45", "share", event_id="a", delivered_on=date(2026, 3, 3), file_row=9),
            web(AS_OF - MICROSECOND, event_id="last"),
            web(AS_OF, event_id="never"),
            web("03-01 09:00", event_id="moved", delivered_on=date(2026, 3, 2)),
            web(AS_OF, event_id="moved", delivered_on=date(2026, 3, 3)),
        ]
    )
    assert [(each.touchpoint_id, each.touchpoint) for each in recounted.touchpoints] == [
        ("web_events:shop:a", "web:login"),
        ("web_events:shop:last", "web:page_view"),
    ]


# ---------------------------------------------------------------- orders


@pytest.mark.parametrize(
    ("columns", "refunds", "is_counted"),
    [
        ({"status": "paid"}, [], True),
        ({"status": None}, [], True),
        ({"status": "pending"}, [], True),
        ({"status": "voided"}, [], False),
        ({"cancelled_at": AS_OF}, [], True),
        ({"cancelled_at": AS_OF - MICROSECOND}, [], False),
        ({}, [("10.00", AS_OF - MICROSECOND)], False),
        ({}, [("10.00", AS_OF)], True),
        ({}, [("9.99", at("03-05 00:00"))], True),
        ({}, [("5.00", at("03-05 00:00")), ("5.00", at("03-06 00:00"))], False),
        ({"total_amount": Decimal("12.00")}, [("10.00", at("03-05 00:00"))], True),
        ({"total_amount": Decimal("12.00")}, [("12.00", at("03-05 00:00"))], False),
        ({"net_amount": Decimal("0.00")}, [("0.00", at("03-05 00:00"))], True),
    ],
)
def test_which_orders_count(columns, refunds, is_counted):
    first = order("03-01 09:00")
    for name, value in columns.items():
        setattr(first, name, value)
    recounted = counted(
        [
            first,
            *(
                Refund(refund_id=f"r{number}", order_id="o1", refunded_at=when, amount=Decimal(sum))
                for number, (sum, when) in enumerate(refunds)
            ),
        ]
    )
    (touchpoint,) = recounted.touchpoints
    assert touchpoint.touchpoint == ("order:placed" if is_counted else "order:cancelled")
    assert stages(recounted)[:1] == (["purchase"] if is_counted else [])


def test_net_revenue_is_less_refunds_not_below_zero_and_converted_at_the_rate_of_the_orders_day():
    known = [(date(2026, 2, 27), Decimal("0.85")), (date(2026, 3, 2), Decimal("0.90"))]
    rates = {("EUR", "GBP"): known}
    rows = [
        order("03-01 09:00", "gbp", "10.00"),
        Refund(refund_id="a", order_id="gbp", refunded_at=at("04-01 00:00"), amount=Decimal(4)),
        order("03-01 09:00", "below", "10.00", total_amount=Decimal(15)),
        Refund(
            refund_id="b",
            order_id="below",
            refunded_at=at("04-01 00:00"),
            amount=Decimal(12),
            net_amount=Decimal(11),
        ),
        # The goods are two thirds of what was charged, so of what was paid back.
        order("03-01 09:00", "shared", "10.00", total_amount=Decimal(15)),
        Refund(refund_id="s", order_id="shared", refunded_at=at("04-01 00:00"), amount=Decimal(12)),
        order("03-01 09:00", "abroad", "10.00"),
        Refund(
            refund_id="d",
            order_id="abroad",
            refunded_at=at("04-01 00:00"),
            amount=Decimal(10),
            currency="XTS",
        ),
        order("03-01 09:00", "eur", "10.01", currency="EUR"),  # 10.01 x 0.85 = 8.5085
        order("03-02 00:00", "half", "0.05", currency="EUR"),  # 0.05 x 0.90 = 0.045 -> 0.05
        order("02-26 09:00", "before", "10.00", currency="EUR"),
        order("03-01 09:00", "none", "10.00", currency="XXX"),
        order("03-01 09:00", "test", "10.00", is_test=True),
    ]
    seeds = replace(DEFAULTS, rates=rates)
    recounted = recount(gathered(rows), Run(as_of=AS_OF), seeds)
    assert {each.row.order_id: each.net_revenue for each in recounted.orders} == {
        "gbp": Decimal("6.00"),
        "below": Decimal("0.00"),
        "shared": Decimal("2.00"),
        "abroad": Decimal("10.00"),  # no rate for what was paid back: it is left out
        "eur": Decimal("8.51"),
        "half": Decimal("0.05"),
        "before": None,
        "none": None,
    }
    # More of the goods was taken back than was ordered: no order is left.
    assert [o.row.order_id for o in recounted.orders if not o.is_counted] == ["below"]


def test_of_equally_numbered_orders_of_several_feeds_the_earliest_takes_the_refunds():
    recounted = counted(
        [
            order("03-02 09:00", "o1", "10.00"),
            order("03-01 09:00", "o1", "10.00", source="old_shop"),
            Refund(refund_id="a", order_id="o1", refunded_at=at("04-01 00:00"), amount=Decimal(4)),
        ]
    )
    assert {each.touchpoint_id: each.net_revenue for each in recounted.orders} == {
        "orders:old_shop:o1": Decimal(6),
        "orders:shop:o1": Decimal(10),
    }


def test_web_purchases_of_humans_are_the_orders_where_there_is_no_order_feed():
    recounted = counted(
        [
            web("03-01 09:00", "purchase", event_id="a", order_id="T1", revenue=Decimal(20)),
            web("03-01 09:01", "purchase", event_id="b", order_id="T1", revenue=Decimal(99)),
            web("03-02 09:00", "purchase", event_id="c", order_id="(not set)"),
            web("03-02 09:00", "purchase", event_id="d", order_id="T2", user_agent=BOT_AGENT),
            web("03-03 09:00", "purchase", event_id="e", order_id="T3", revenue=Decimal(5)),
            web("03-04 09:00", "refund", event_id="f", order_id="T3", revenue=Decimal(5)),
            web("03-04 09:10", "refund", event_id="g", order_id="T1", revenue=Decimal(8)),
        ],
        orders_from="web",
    )
    assert {
        each.touchpoint_id: (each.is_counted, each.net_revenue) for each in recounted.orders
    } == {
        "orders:shop:T1": (True, Decimal(12)),
        "orders:shop:c": (True, Decimal(0)),
        "orders:shop:T3": (False, Decimal(0)),
    }
    # five purchase events and three orders; the refunds are no touchpoints
    assert len(recounted.touchpoints) == 8


# ---------------------------------------------------------------- visits


def test_a_gap_of_exactly_thirty_minutes_stays_in_the_visit_and_a_microsecond_more_does_not():
    half_hour = timedelta(minutes=30)
    start = at("03-01 09:00")
    recounted = counted(
        [web(start), web(start + half_hour), web(start + 2 * half_hour + MICROSECOND)]
    )
    visits = recounted.person("anon:d1").visits
    assert [(visit.visit_id, len(visit.touchpoints)) for visit in visits] == [
        ("anon:d1#1", 2),
        ("anon:d1#2", 1),
    ]


def test_a_visits_channel_is_that_of_its_first_touchpoint_which_has_one():
    rows = [
        web("03-01 09:00", event_id="a"),
        web("03-01 09:05", event_id="b"),
        web("03-01 09:06", event_id="c"),
        web("03-02 09:00", event_id="d"),
        web("03-03 09:00", event_id="e"),
        web("03-03 09:01", event_id="f"),
    ]
    channels = {
        "web_events:shop:e": ("direct", None),  # tagged as direct: that is a channel
        "web_events:shop:f": ("email", "news"),
        "web_events:shop:b": ("paid_search", "spring"),
        "web_events:shop:c": ("email", "news"),
    }
    recounted = counted(rows, channels)
    person = recounted.person("anon:d1")
    assert [(visit.channel, visit.campaign) for visit in person.visits] == [
        ("paid_search", "spring"),
        ("direct", None),
        ("direct", None),
    ]
    assert (person.acquisition_channel, person.acquisition_campaign) == ("paid_search", "spring")


def test_a_visit_is_overlong_after_more_than_a_day():
    steps = [at("03-01 00:00") + number * timedelta(minutes=30) for number in range(49)]
    assert not counted([web(step) for step in steps]).person("anon:d1").visits[0].is_overlong
    longer = [*steps, steps[-1] + MICROSECOND]
    assert counted([web(step) for step in longer]).person("anon:d1").visits[0].is_overlong


# ---------------------------------------------------------------- stage entries


def test_within_a_visit_the_stage_only_rises():
    recounted = counted(
        [
            web("03-01 09:00", "product_view"),
            web("03-01 09:01", "page_view"),
            web("03-01 09:02", "add_to_cart"),
            web("03-01 09:03", "search"),
        ]
    )
    assert stages(recounted)[:2] == ["consideration", "intent"]


def test_at_one_instant_the_lower_stage_comes_first():
    recounted = counted(
        [
            web("03-01 09:00", "add_to_cart", event_id="a"),
            web("03-01 09:00", "page_view", event_id="z"),
            web("03-01 09:00", "search", event_id="m"),
        ]
    )
    assert stages(recounted)[:3] == ["awareness", "consideration", "intent"]


def test_coming_back_through_the_home_page_is_no_step_back():
    # 1 March: consideration. 2 March: home, then cart: home is below, the cart counts.
    # 3 March: home and product only: one step back, to consideration, at the product view.
    recounted = counted(
        [
            web("03-01 09:00", "product_view"),
            web("03-02 09:00", "page_view"),
            web("03-02 09:05", "add_to_cart"),
            web("03-03 09:00", "page_view"),
            web("03-03 09:01", "search"),
            web("03-03 09:02", "product_view"),
        ]
    )
    assert entries(recounted)[:3] == [
        ("consideration", at("03-01 09:00")),
        ("intent", at("03-02 09:05")),
        ("consideration", at("03-03 09:01")),
    ]


def test_opening_a_mail_is_no_step_back_unless_the_visit_reaches_the_site():
    cart = web("03-01 09:00", "add_to_cart", anonymous_id="d1", customer_id="ann")
    opened = mail("03-03 09:00", "opened", customer_id="ann")
    mail_only = counted([cart, opened])
    assert stages(mail_only, "cust:ann") == ["intent", "lapsed"]
    with_web = counted([cart, opened, web("03-03 09:10", "page_view")])
    assert entries(with_web, "cust:ann")[1] == ("awareness", at("03-03 09:00"))


def test_the_phases_of_the_first_order():
    # Before it: intent only, the login signals nothing. In its visit: support is retention.
    # In the next visit a product view is retention already; a share is advocacy; a login after
    # that is one step back.
    recounted = counted(
        [
            web("03-01 09:00", "login"),
            web("03-01 09:01", "add_to_cart"),
            order("03-01 09:10"),
            web("03-01 09:10", "product_view"),
            web("03-01 09:20", "account_view"),
            web("03-05 09:00", "product_view"),
            web("03-05 09:01", "share"),
            web("03-09 09:00", "login"),
        ]
    )
    assert entries(recounted)[:5] == [
        ("intent", at("03-01 09:01")),
        ("purchase", at("03-01 09:10")),
        ("retention", at("03-01 09:20")),
        ("advocacy", at("03-05 09:01")),
        ("retention", at("03-09 09:00")),
    ]


def test_a_second_order_is_purchase_in_the_first_ones_visit_and_retention_later():
    same_visit = counted([order("03-01 09:00", "o1"), order("03-01 09:20", "o2")])
    assert stages(same_visit) == ["purchase", "lapsed"]
    later_visit = counted([order("03-01 09:00", "o1"), order("03-02 09:20", "o2")])
    assert stages(later_visit) == ["purchase", "retention", "lapsed"]


def test_a_cancelled_first_order_leaves_its_buyer_before_the_purchase():
    recounted = counted(
        [
            order("03-01 09:00", "o1", status="cancelled"),
            web("03-02 09:00", "add_to_cart"),
            order("03-02 09:05", "o2"),
        ]
    )
    assert entries(recounted)[:2] == [
        ("intent", at("03-02 09:00")),
        ("purchase", at("03-02 09:05")),
    ]


@pytest.mark.parametrize(
    ("form", "score", "expected"),
    [("review", 3, []), ("review", 4, ["advocacy"]), ("nps", 8, []), ("nps", 9, ["advocacy"])],
)
def test_feedback_signals_advocacy_from_its_score_on(form, score, expected):
    answer = Feedback(
        feedback_id="f", occurred_at=at("03-05 09:00"), form=form, score=score, anonymous_id="d1"
    )
    recounted = counted([order("03-01 09:00"), answer])
    assert stages(recounted)[1:-1] == expected
    assert stages(counted([answer])) == []


def test_touched_exactly_when_the_lapse_was_due_is_not_lapsed_and_a_microsecond_later_is():
    first = web("03-01 09:00", "product_view")
    due = at("03-31 09:00")
    on_time = counted([first, web(due, "add_to_cart")])
    assert stages(on_time)[:2] == ["consideration", "intent"]
    too_late = counted([first, web(due + MICROSECOND, "product_view")])
    assert entries(too_late)[:3] == [
        ("consideration", at("03-01 09:00")),
        ("lapsed", due),
        ("consideration", due + MICROSECOND),
    ]


def test_any_inbound_touchpoint_puts_the_lapse_off_and_as_of_itself_is_no_lapse():
    kept = counted(
        [
            web("03-01 09:00", "product_view"),
            SupportTicket(ticket_id="t", opened_at=at("03-20 09:00"), customer_id="ann"),
            web("03-20 09:00", "page_view", anonymous_id="d1", customer_id="ann"),
        ]
    )
    assert entries(kept, "cust:ann")[-1] == ("lapsed", at("04-19 09:00"))
    on_as_of = counted([web(AS_OF - timedelta(days=30), "product_view")])
    assert stages(on_as_of) == ["consideration"]
    just_before = counted([web(AS_OF - timedelta(days=30) - MICROSECOND, "product_view")])
    assert entries(just_before)[-1] == ("lapsed", AS_OF - MICROSECOND)


def test_somebody_lapses_once_and_returns_with_the_next_signal_that_counts():
    # 1 March cart; lapsed 31 March; 10 April a purchase page (no signal): still lapsed, and 60
    # days of silence lapse nobody again; 20 June home page: back, from none, to awareness.
    recounted = counted(
        [
            web("03-01 09:00", "add_to_cart"),
            web("04-10 09:00", "purchase"),
            web("06-20 09:00", "page_view"),
        ]
    )
    assert entries(recounted) == [
        ("intent", at("03-01 09:00")),
        ("lapsed", at("03-31 09:00")),
        ("awareness", at("06-20 09:00")),
    ]


def test_nobody_lapses_before_a_first_entry():
    assert stages(counted([web("01-01 09:00", "login"), web("06-01 09:00", "login")])) == []


# ---------------------------------------------------------------- transitions


def test_transitions_of_one_person_in_two_vocabularies():
    # awareness 1 March, intent 2 March, back to consideration 3 March, lapsed 2 April.
    recounted = counted(
        [
            web("03-01 09:00", "page_view"),
            web("03-02 09:00", "add_to_cart"),
            web("03-03 21:00", "search"),
        ]
    )
    told = {
        model: [
            (each.from_stage, each.to_stage, each.direction, each.skipped_stages, each.duration)
            for each in recounted.transitions
            if each.stage_model == model
        ]
        for model in ("digital", "experience")
    }
    day = timedelta(days=1)
    assert told["digital"] == [
        ("start", "Awareness", "enter", 0, None),
        ("Awareness", "Intent", "skip", 1, day),
        ("Intent", "Consideration", "back", 0, 1.5 * day),
        ("Consideration", "lapsed", "lapse", 0, 30 * day),
    ]
    # intent and consideration are one stage there: the step back collapses
    assert told["experience"] == [
        ("start", "Awareness", "enter", 0, None),
        ("Awareness", "Consideration", "forward", 0, day),
        ("Consideration", "lapsed", "lapse", 0, 31.5 * day),
    ]


def test_the_matrix_and_the_occupancy_of_three_people():
    # a: awareness 1 March -> intent 2 March (24 h) -> lapsed 1 April.
    # b: awareness 1 June -> intent 3 June (48 h).   c: awareness 20 June.
    recounted = counted(
        [
            web("03-01 09:00", "page_view", anonymous_id="a"),
            web("03-02 09:00", "add_to_cart", anonymous_id="a"),
            web("06-01 09:00", "page_view", anonymous_id="b", event_id="b1"),
            web("06-03 09:00", "add_to_cart", anonymous_id="b"),
            web("06-20 00:00", "page_view", anonymous_id="c"),
        ],
        channels={"web_events:shop:b1": ("email", "news")},
    )
    matrix = recounted.transition_matrix()
    overall = matrix["digital", None, None, "Awareness", "Intent"]
    assert overall == {
        "transitions": 2,
        "people": 2,
        "share_of_from": 1.0,
        "people_still_in_from": 1,
        "median_hours": 36.0,
        "p90_hours": pytest.approx(45.6),
        "is_small": True,
    }
    june = matrix["digital", date(2026, 6, 1), "email", "Awareness", "Intent"]
    assert (june["transitions"], june["people_still_in_from"], june["median_hours"]) == (
        1,
        None,
        48.0,
    )
    assert matrix["digital", date(2026, 4, 1), "direct", "Intent", "lapsed"]["transitions"] == 1
    assert ("digital", date(2026, 3, 1), "email", "Awareness", "Intent") not in matrix
    occupancy = recounted.stage_occupancy()
    assert occupancy["digital", "Awareness"]["people"] == 1
    assert occupancy["digital", "Awareness"]["median_days_in_stage"] == 11.0
    assert occupancy["digital", "lapsed"]["people"] == 1
    assert occupancy["digital", "Purchase"] == {
        "as_of": AS_OF,
        "people": 0,
        "median_days_in_stage": None,
    }


# ---------------------------------------------------------------- funnel


def test_the_funnel_of_four_people():
    # a: awareness 1 March 09:00, intent 31 March 09:00 (30 days to the second: outside a
    #    half-open window), lapsed 30 April.
    # b: consideration 1 June, still there: its window is not over on 1 July 00:00.
    # c: buys on 1 May without ever having been seen considering; lapses only on 30 July.
    # d: awareness 31 May 23:59, consideration 20 June: 30 days before as_of, within the window.
    recounted = counted(
        [
            web("03-01 09:00", "page_view", anonymous_id="a"),
            web("03-31 09:00", "add_to_cart", anonymous_id="a"),
            web("06-01 00:01", "search", anonymous_id="b"),
            order("05-01 09:00", anonymous_id="c"),
            web("05-31 23:59", "page_view", anonymous_id="d"),
            web("06-20 23:59", "search", anonymous_id="d"),
        ]
    )
    funnel = recounted.stage_funnel()
    awareness = funnel["digital", None, None, "Awareness"]
    # entered by all four; observed for a and d; all four got further.
    # The window: a (30 days exactly: no), c (purchase at once: yes), d (20 days: yes); b not yet.
    assert awareness == {
        "entered": 4,
        "observed": 2,
        "converted": 4,
        "dropped": 0,
        "still_open": 0,
        "conversion_rate": 1.0,
        "drop_off_rate": 0.0,
        "share_of_start": 1.0,
        "conversion_rate_in_window": pytest.approx(2 / 3),
        "window_days": 30,
        "median_hours": (30 + 20) / 2 * 24,
        "mean_hours": (30 + 20) / 2 * 24,
        "is_small": True,
    }
    intent = funnel["digital", None, None, "Intent"]
    assert (intent["entered"], intent["observed"], intent["converted"]) == (2, 1, 1)
    assert (intent["dropped"], intent["still_open"], intent["drop_off_rate"]) == (1, 0, 0.5)
    consideration = funnel["digital", None, None, "Consideration"]
    assert (consideration["entered"], consideration["observed"]) == (4, 2)
    assert (consideration["converted"], consideration["still_open"]) == (2, 2)
    last = funnel["digital", None, None, "Advocacy"]
    assert (last["entered"], last["converted"], last["conversion_rate"]) == (0, None, None)
    assert funnel["digital", date(2026, 5, 1), "direct", "Awareness"]["entered"] == 2


# ---------------------------------------------------------------- value


def test_scores_are_fifths_of_the_share_of_buyers_who_did_worse():
    # a has two orders, the others one each, from b (the latest and dearest) to f (the earliest).
    rows = [order("03-09 09:00", "a1", "1.00", anonymous_id="a")]
    rows.append(order("03-10 09:00", "a2", "1.00", anonymous_id="a"))
    for number, name in enumerate("bcdef"):
        rows.append(order(f"03-0{8 - number} 09:00", name, f"{60 - number}.00", anonymous_id=name))
    rows.append(web("03-01 09:00", anonymous_id="g"))
    recounted = counted(rows)
    assert {person.person_id[-1]: person.scores for person in recounted.people} == {
        "a": (5, 5, 1),
        "b": (4, 1, 5),
        "c": (3, 1, 4),
        "d": (2, 1, 3),
        "e": (1, 1, 2),
        "f": (1, 1, 1),
        "g": None,
    }
    assert recounted.person("anon:a").persona == "buyer"
    assert recounted.person("anon:g").persona == "prospect"


def test_a_purchase_is_a_day_and_the_middle_parts_the_history():
    # 1 March to 10 March: the middle is the fifth. Two orders on 3 March are one purchase, the
    # free one on 4 March is a purchase that says nothing of its worth.
    recounted = counted(
        [
            order("03-01 09:00", "a1", "9.00"),
            order("03-03 09:00", "a2", "2.00"),
            order("03-03 19:00", "a3", "3.00"),
            order("03-04 09:00", "a4", "0.00"),
            order("03-08 09:00", "a5", "7.00"),
        ],
        as_of=at("03-11 00:00"),
    )
    ends = spans(recounted.people, recounted.run)
    assert ends == {"whole": date(2026, 3, 10), "first_half": date(2026, 3, 5)}
    (first_half,) = histories(recounted.people, recounted.run, ends["first_half"]).values()
    assert first_half == History(repeats=2, last=3, observed=4, values=(Decimal(5),), later=1)
    (whole,) = histories(recounted.people, recounted.run, ends["whole"]).values()
    assert whole == History(repeats=3, last=7, observed=9, values=(Decimal(5), Decimal(7)), later=0)


def test_whoever_never_leaves_buys_at_the_rate_of_their_history():
    # a near 0: nobody leaves; then (r + x) / (alpha + T) a week is expected: 3 / 10 for 5 weeks.
    seen = History(repeats=2, last=14, observed=28, values=(Decimal(9), Decimal(3)), later=0)
    assert expected_purchases((1, 6, 1e-12, 1), seen, 35) == pytest.approx(1.5)
    # everybody's mean is 2 x 10 / (3 - 1); with 12 in two purchases 2 x (10 + 12) / (2 x 2 + 2)
    assert expected_worth((2, 3, 10), seen) == pytest.approx(44 / 6)


# ---------------------------------------------------------------- cohorts


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
