"""The journey map and what moved on it, worked out on paper."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from .by_hand import MICROSECOND, answer, at, counted, mail, order, web
from .journey_map import journey_map, two_proportions
from .rows import Row, SupportTicket
from .seeds import DEFAULTS, Note

BUYER = [
    web("03-01 10:00"),
    web("03-01 10:05", "product_view"),
    web("03-01 10:10", "add_to_cart"),
    web("03-01 10:12"),
    order("03-03 10:00"),
]


def cell(
    rows: list[Row],
    stage: str,
    touchpoint: str,
    model: str = "digital",
    period: str = "overall",
) -> dict:
    return counted(rows).journey_map()[period, model, stage, touchpoint]


def test_a_touch_is_in_the_stage_that_it_makes_a_person_enter():
    table = counted(BUYER).journey_map()
    touched = {
        key[2:]: row["touches"] for key, row in table.items() if key[:2] == ("overall", "digital")
    }
    assert touched == {
        ("Awareness", "web:page_view"): 1,
        ("Consideration", "web:product_view"): 1,
        ("Intent", "web:add_to_cart"): 1,
        ("Intent", "web:page_view"): 1,
        ("Purchase", "order:placed"): 1,
    }


def test_forward_is_later_in_the_words_of_the_model():
    assert cell(BUYER, "Intent", "web:page_view")["forward_rate_7d"] == 1
    assert cell(BUYER, "Decision", "web:page_view", "affiliate")["forward_rate_7d"] == 0
    fan = [*BUYER, answer("03-03 10:01", "nps", 10, customer_id=None, anonymous_id="d1")]
    assert cell(fan, "Advocacy", "feedback:nps")["forward_rate_7d"] is None


def test_seven_days_end_before_their_last_instant():
    def rate(later: timedelta) -> float:
        cart = web("03-01 10:00", "add_to_cart")
        rows = [cart, order(cart.occurred_at + later)]
        return cell(rows, "Intent", "web:add_to_cart")["forward_rate_7d"]

    assert rate(timedelta(days=7) - MICROSECOND) == 1
    assert rate(timedelta(days=7)) == 0


def test_who_lapses_drops_off_at_the_last_touch():
    rows = [*BUYER, web("03-01 10:00", anonymous_id="d2"), web("03-01 10:05", anonymous_id="d2")]
    awareness = cell(rows, "Awareness", "web:page_view")
    assert (awareness["people"], awareness["touches"], awareness["drop_off_rate"]) == (2, 3, 0.5)
    assert cell(rows, "Purchase", "order:placed")["drop_off_rate"] == 1


def test_stays_are_measured_from_entering_a_stage_to_leaving_it():
    assert cell(BUYER, "Intent", "web:page_view")["median_hours_in_stage"] == pytest.approx(
        48 - 1 / 6
    )
    assert cell(BUYER, "Decision", "web:page_view", "affiliate")["median_hours_in_stage"] == (
        pytest.approx(92 * 24 - 1 / 6)
    )
    assert cell(BUYER[:1], "Awareness", "web:page_view")["median_hours_in_stage"] == 30 * 24


def test_no_person_is_in_a_stage_before_the_first_and_after_a_lapse():
    rows = [
        mail("03-01 10:00", "unsubscribed", customer_id="ann"),
        web("03-02 10:00", customer_id="ann"),
        mail("04-10 10:00", "unsubscribed", customer_id="ann"),
    ]
    before = cell(rows, "none", "email:unsubscribed")
    assert (before["forward_rate_7d"], before["drop_off_rate"]) == (1, None)
    assert before["median_hours_in_stage"] is None
    after = cell(rows, "lapsed", "email:unsubscribed")
    assert (after["forward_rate_7d"], after["drop_off_rate"]) == (0, None)


def test_answers_and_tickets_follow_a_touch_and_count_once():
    rows = [
        order("03-01 10:00", "o1", customer_id="ann"),
        web("03-02 10:00", "login", customer_id="ann"),
        web("03-03 10:00", "login", customer_id="ann"),
        SupportTicket(ticket_id="t", opened_at=at("03-04 10:00"), customer_id="ann"),
        answer("03-04 11:00", "nps", 6),
        *[answer(f"03-08 10:0{minute}", "nps", 8) for minute in range(4)],
        answer("03-08 10:00", "csat", 4),
    ]
    login = cell(rows, "Retention", "web:login")
    assert (login["touches"], login["support_tickets_7d"]) == (2, 500)
    assert (login["nps"], login["nps_responses"], login["is_nps_small"]) == (-20, 5, True)
    # fewer than five answers are no figure
    assert (login["csat"], login["csat_responses"]) == (None, 1)
    bought = cell(rows, "Purchase", "order:placed")
    assert (bought["nps"], bought["nps_responses"]) == (None, 1)
    assert cell(rows, "Retention", "support:opened")["support_tickets_7d"] == 0


def test_an_answer_says_nothing_of_the_stage_that_it_makes_a_person_enter():
    rows = [
        order("03-01 10:00", "o1", customer_id="ann"),
        answer("03-02 10:00", "nps", 10),
        web("03-02 10:00", "search", customer_id="ann"),  # at that very instant, in that stage
    ]
    assert cell(rows, "Advocacy", "feedback:nps")["nps_responses"] == 0
    assert cell(rows, "Advocacy", "web:search")["nps_responses"] == 0
    assert cell(rows, "Purchase", "order:placed")["nps_responses"] == 1


def test_a_period_has_the_touches_of_its_days_and_what_came_of_them():
    # as_of is 1 July: the last 90 days begin on 2 April
    rows = [
        web("03-30 10:00", "add_to_cart"),
        web("04-01 10:00", "purchase"),  # signals nothing
        web("04-02 10:00", "purchase"),
        order("04-03 10:00"),
    ]
    touches = [
        cell(rows, "Intent", "web:purchase", period=period)["touches"]
        for period in ("2026-04", "last_90_days", "overall")
    ]
    assert touches == [2, 1, 2]
    march = cell(rows, "Intent", "web:add_to_cart", period="2026-03")
    assert (march["forward_rate_7d"], march["share_of_people"]) == (1, 1)
    assert march["median_hours_in_stage"] == 96
    assert cell(rows, "Intent", "web:purchase", period="2026-04")["drop_off_rate"] == 0


def test_notes_are_on_the_map_and_judged():
    def target(stage: str, touchpoint: str, metric: str, value: float) -> dict:
        note = Note("digital", stage, touchpoint, target_metric=metric, target=value)
        found = counted(BUYER)
        table = journey_map(found.people, found.models, found.run, replace(DEFAULTS, notes=(note,)))
        row = table["overall", "digital", stage, touchpoint]
        return row["people"], row["actual"], row["is_met"]

    assert target("Intent", "web:page_view", "forward_rate_7d", 1) == (1, 1, True)
    assert target("Intent", "web:page_view", "median_hours_in_stage", 40) == (
        1,
        pytest.approx(48 - 1 / 6),
        False,
    )
    assert target("Intent", "web:chat", "nps", 0) == (0, None, None)


# ---------------------------------------------------------------- what moved


def test_two_proportions_as_in_the_textbook():
    assert two_proportions(0.3, 50, 0.5, 50) == pytest.approx(0.0412268, abs=1e-7)


def change(rows: list[Row], touchpoint: str, metric: str, comparison: str, stage="Intent") -> dict:
    table = counted(rows).journey_map_changes()
    return table["digital", stage, touchpoint, metric, comparison]


def carts(day: str, people: range, event_name: str = "add_to_cart") -> list[Row]:
    return [web(f"{day} 10:00", event_name, anonymous_id=f"p{number}") for number in people]


BEGIN = web("01-01 10:00", anonymous_id="first")  # from then on, days are measured


def test_days_are_compared_with_as_many_before_them():
    rows = [
        BEGIN,
        *carts("06-30", range(75)),
        *carts("06-03", range(75, 100), "view_cart"),
        *carts("06-02", range(100, 125)),
        *carts("05-06", range(125, 200), "view_cart"),
        *carts("05-05", range(200, 300)),
    ]
    row = change(rows, "web:add_to_cart", "share_of_people", "last_28_days")
    assert (row["first_date_before"], row["first_date"]) == (date(2026, 5, 6), date(2026, 6, 3))
    assert (row["value_now"], row["value_before"], row["people"]) == (0.75, 0.25, 100)
    assert row["is_news"]
    june = change(rows, "web:add_to_cart", "share_of_people", "last_month")
    assert (june["first_date"], june["last_date"]) == (date(2026, 6, 1), date(2026, 6, 30))
    assert (june["people"], june["people_before"]) == (125, 175)
    assert not change(rows[:-101], "web:add_to_cart", "share_of_people", "last_28_days")["is_news"]


def test_ways_forward_are_compared_over_days_that_had_their_seven_days():
    rows = [
        BEGIN,
        *carts("06-23", range(4)),
        *carts("06-24", range(4, 9)),
        order("06-25 10:00", "o1", anonymous_id="p0"),
        order("06-30 09:00", "o2", anonymous_id="p1"),
    ]
    row = change(rows, "web:add_to_cart", "forward_rate_7d", "last_28_days")
    assert (row["last_date"], row["people"], row["value_now"]) == (date(2026, 6, 23), 4, 0.5)


def test_drop_offs_are_compared_over_days_whose_people_have_lapsed_or_come_back():
    rows = [BEGIN, *carts("05-31", range(4)), *carts("06-01", range(4, 9))]
    rows += [web("06-02 10:00", anonymous_id="p0")]
    row = change(rows, "web:add_to_cart", "drop_off_rate", "last_28_days")
    assert (row["last_date"], row["people"], row["value_now"]) == (date(2026, 5, 31), 4, 0.75)
    assert change(
        [BEGIN, mail("06-01 10:00", "unsubscribed", customer_id="ann")],
        "email:unsubscribed", "drop_off_rate", "last_28_days", stage="none",
    )["value_now"] is None  # fmt: skip


def test_days_before_the_first_touch_of_all_are_no_measure():
    rows = [web("05-07 10:00", anonymous_id="first"), *carts("05-10", range(9))]
    rows += carts("06-10", range(9))
    row = change(rows, "web:add_to_cart", "share_of_people", "last_28_days")
    assert (row["value_now"], row["value_before"], row["p_value"]) == (None, None, None)
    rows.append(web("05-06 10:00", anonymous_id="first"))
    row = change(rows, "web:add_to_cart", "share_of_people", "last_28_days")
    assert (row["value_now"], row["value_before"]) == (1, 1)
