"""Scores of buyers and the models of repeat buying, worked out on paper."""

from datetime import date
from decimal import Decimal

import pytest

from .by_hand import at, counted, order, web
from .value import History, expected_purchases, expected_worth, histories, spans


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


def test_who_never_leaves_buys_at_the_rate_of_their_history():
    # a near 0: no one leaves; then (r + x) / (alpha + T) a week is expected: 3 / 10 for 5 weeks.
    seen = History(repeats=2, last=14, observed=28, values=(Decimal(9), Decimal(3)), later=0)
    assert expected_purchases((1, 6, 1e-12, 1), seen, 35) == pytest.approx(1.5)
    # all people's mean is 2 x 10 / (3 - 1); with 12 in two purchases 2 x (10 + 12) / (2 x 2 + 2)
    assert expected_worth((2, 3, 10), seen) == pytest.approx(44 / 6)
