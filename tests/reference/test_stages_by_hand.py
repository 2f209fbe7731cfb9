"""Visits, and the stages that people enter in them, worked out on paper."""

from datetime import timedelta

import pytest

from .by_hand import AS_OF, MICROSECOND, at, counted, entries, mail, order, stages, web
from .rows import Feedback, SupportTicket


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


def test_a_person_lapses_once_and_returns_with_the_next_signal_that_counts():
    # 1 March cart; lapsed 31 March; 10 April a purchase page (no signal): still lapsed, and 60
    # days of silence lapse no one again; 20 June home page: back, from none, to awareness.
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


def test_no_person_lapses_before_a_first_entry():
    assert stages(counted([web("01-01 09:00", "login"), web("06-01 09:00", "login")])) == []
