"""The journey map and what moved on it, worked out on paper."""

from dataclasses import replace
from datetime import timedelta

import pytest

from .journey_map import journey_map, journey_map_changes, two_proportions
from .recount import Recount
from .rows import Row, SupportTicket
from .seeds import DEFAULTS, Note
from .test_experience_by_hand import answer
from .test_recount_by_hand import AS_OF, MICROSECOND, at, counted, mail, order, web

BUYER = [
    web("03-01 10:00"),
    web("03-01 10:05", "product_view"),
    web("03-01 10:10", "add_to_cart"),
    web("03-01 10:12"),
    order("03-03 10:00"),
]


def cell(rows: list[Row], stage: str, touchpoint: str, model: str = "digital") -> dict:
    return counted(rows).journey_map()[model, stage, touchpoint]


def test_a_touch_is_in_the_stage_that_it_makes_somebody_enter():
    table = counted(BUYER).journey_map()
    touched = {key[1:]: row["touches"] for key, row in table.items() if key[0] == "digital"}
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


def test_nobody_is_in_a_stage_before_the_first_and_after_a_lapse():
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
        answer("03-08 10:00", "nps", 8),
        answer("03-08 10:00", "csat", 4),
    ]
    login = cell(rows, "Retention", "web:login")
    assert (login["touches"], login["support_tickets_7d"]) == (2, 500)
    assert (login["nps"], login["csat"]) == (-50, 1)
    assert cell(rows, "Purchase", "order:placed")["nps"] == -100
    assert cell(rows, "Retention", "support:opened")["support_tickets_7d"] == 0


def test_notes_are_on_the_map_and_judged():
    def target(stage: str, touchpoint: str, metric: str, value: float) -> dict:
        note = Note("digital", stage, touchpoint, target_metric=metric, target=value)
        found = counted(BUYER)
        table = journey_map(found.people, found.models, found.run, replace(DEFAULTS, notes=(note,)))
        row = table["digital", stage, touchpoint]
        return row["people"], row["actual"], row["is_met"]

    assert target("Intent", "web:page_view", "forward_rate_7d", 1) == (1, 1, True)
    assert target("Intent", "web:page_view", "median_hours_in_stage", 40) == (
        1,
        pytest.approx(48 - 1 / 6),
        False,
    )
    assert target("Intent", "web:chat", "nps", 0) == (0, None, None)


# ---------------------------------------------------------------- what moved


def shown(people: int, stage_people: int, touches: int = 100) -> dict:
    return {
        "people": people,
        "touches": touches,
        "stage_people": stage_people,
        "share_of_people": people / stage_people,
        "forward_rate_7d": 0.5,
        "drop_off_rate": 0.25,
    }


def changes(published: dict, touches: int = 100) -> dict:
    found: Recount = counted(BUYER)
    now = {("digital", "Intent", "web:chat"): shown(15, 50, touches)}
    return journey_map_changes(now, published, found.run)


def test_two_proportions_as_in_the_textbook():
    assert two_proportions(0.3, 50, 0.5, 50) == pytest.approx(0.0412268, abs=1e-7)


def test_the_newest_version_old_enough_is_the_one_compared():
    key = ("digital", "Intent", "web:chat")
    week, month = AS_OF - timedelta(days=7), AS_OF - timedelta(days=28)
    published = {
        "v3": (week + MICROSECOND, {key: shown(1, 50)}),
        "v2": (week, {key: shown(25, 50)}),
        "v1": (week, {key: shown(50, 50)}),
        "v0": (month - timedelta(days=9), {("digital", "Intent", "web:fax"): shown(10, 50)}),
    }
    table = changes(published)
    seven = table[*key, "share_of_people", 7]
    assert (seven["value_before"], seven["as_of_before"]) == (0.5, week)
    assert (seven["p_value"], seven["is_news"]) == (pytest.approx(0.0412268, abs=1e-7), False)
    assert table[*key, "forward_rate_7d", 7]["difference"] == 0
    # the chat came after v0, which knew the stage; the fax is gone
    assert table[*key, "share_of_people", 28]["value_before"] == 0
    assert table[*key, "share_of_people", 28]["is_news"]
    assert table[*key, "forward_rate_7d", 28]["value_before"] is None
    gone = table["digital", "Intent", "web:fax", "share_of_people", 28]
    assert (gone["value_now"], gone["value_before"], gone["is_news"]) == (0, 0.2, False)
    assert not changes(published, touches=99)[*key, "share_of_people", 28]["is_news"]


def test_without_a_past_there_is_no_news():
    row = changes({})["digital", "Intent", "web:chat", "share_of_people", 7]
    assert (row["value_now"], row["value_before"], row["as_of_before"]) == (0.3, None, None)
    assert not row["is_news"]
