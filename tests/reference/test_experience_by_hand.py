"""Satisfaction, referrals, experiments and the lifecycle, worked out on paper."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from scipy import stats

from .by_hand import MICROSECOND, answer, at, counted, mail, order, web
from .choices import BOT_AGENT
from .experiments import comparison
from .recount import Recount
from .rows import Referral
from .seeds import DEFAULTS

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def referral(when: str, **columns) -> Referral:
    return Referral(
        referral_id=f"{when} {columns}",
        occurred_at=at(when),
        referrer_customer_id=columns.pop("by", "ann"),
        **columns,
    )


# ---------------------------------------------------------------- satisfaction


def test_nps_csat_and_reviews_have_scales_of_their_own():
    rows = [answer(f"03-0{day} 10:00", "nps", score) for day, score in enumerate((10, 9, 8, 6), 1)]
    rows += [answer(f"03-0{day} 11:00", "csat", score) for day, score in enumerate((4, 3, 2), 1)]
    rows += [answer(f"03-0{day} 12:00", "review", score) for day, score in enumerate((5, 2), 1)]
    table = counted(rows).satisfaction()
    nps = table[None, None, None, "nps"]
    assert (nps["responses"], nps["nps"], nps["csat"]) == (4, 25.0, None)
    assert (nps["mean_score"], nps["low_share"], nps["is_small"]) == (8.25, 0.25, True)
    csat = table[None, None, None, "csat"]
    assert (csat["nps"], csat["csat"], csat["low_share"]) == (None, 1 / 3, 1 / 3)
    review = table[None, None, None, "review"]
    assert (review["nps"], review["csat"], review["low_share"]) == (None, None, 0.5)


def test_an_answer_is_given_in_the_stage_of_the_last_entry_before_it():
    rows = [
        answer("01-05 10:00", "csat", 3),
        web("02-01 10:00", "product_view", customer_id="ann"),
        answer("02-01 10:00:00.000001", "csat", 3, topic="price"),
        order("02-02 10:00", customer_id="ann"),
        answer("02-20 10:00", "nps", 9),  # itself the entry of advocacy
        answer("02-20 12:00", "csat", 3),
    ]
    keys = [key for key in counted(rows).satisfaction() if None not in key[:3]]
    assert keys == [
        (JANUARY, "none", "none", "csat"),
        (FEBRUARY, "consideration", "price", "csat"),
        (FEBRUARY, "purchase", "none", "nps"),
        (FEBRUARY, "advocacy", "none", "csat"),
    ]


def test_a_lapse_is_where_late_answers_are_given():
    rows = [web("01-05 10:00", customer_id="ann"), answer("02-04 10:00:00.000001", "csat", 3)]
    keys = [key for key in counted(rows).satisfaction() if None not in key[:3]]
    assert keys == [(FEBRUARY, "lapsed", "none", "csat")]


# ---------------------------------------------------------------- referrals


def test_who_orders_after_a_referral_was_won_by_it():
    rows = [
        order("01-10 10:00", "o1", customer_id="ann"),
        referral("01-20 10:00", referred_email_key="k1"),
        referral("01-20 11:00", referred_customer_id="joe"),
        web("01-21 10:00", customer_id="eve", email_key="k1"),
        order("01-21 11:00", "o2", customer_id="eve"),
        order("01-20 11:00", "o3", customer_id="joe"),
        referral("03-05 10:00", by="eve", referred_email_key="k2"),
    ]
    table = counted(rows).referral_rates()
    january, february, march = table[JANUARY,], table[FEBRUARY,], table[MARCH,]
    # joe had ordered at that very instant
    assert (january["customers"], january["referrers"], january["referrals"]) == (3, 1, 2)
    assert (january["referred_customers"], january["referral_rate"]) == (1, 1 / 3)
    assert january["k_factor"] == pytest.approx(1 / 3)
    assert (february["customers"], february["referral_rate"]) == (3, 0)
    assert february["k_factor"] is None
    assert (march["referrers"], march["referrals"], march["k_factor"]) == (1, 1, 0)
    overall = table[None,]
    assert (overall["referrers"], overall["referrals"], overall["referred_customers"]) == (2, 3, 1)
    assert len(table) == 7  # January to June, and all


# ---------------------------------------------------------------- lifecycle


def states(recounted: Recount, grain: str, period: date) -> dict[str, int]:
    return {
        state: cell["people"]
        for (of_grain, start, state), cell in recounted.lifecycle().items()
        if (of_grain, start) == (grain, period) and cell["people"]
    }


def test_people_are_new_return_rise_again_and_rest():
    rows = [
        web("01-05 10:00", anonymous_id="a"),
        web("01-05 10:00", anonymous_id="b"),
        web("01-05 23:59", anonymous_id="c"),
        web("01-06 00:01", anonymous_id="c"),
        web("01-12 10:00", anonymous_id="a"),
        web("01-26 10:00", anonymous_id="a"),
        web("03-01 10:00", anonymous_id="b"),
        web("01-13 10:00", anonymous_id="bot", user_agent=BOT_AGENT),
    ]
    found = counted(rows)
    weeks = [states(found, "week", date(2026, 1, day)) for day in (5, 12, 19, 26)]
    assert weeks == [
        {"new": 3},
        {"returning": 1, "dormant": -2},
        {"dormant": -1},
        {"resurrected": 1},
    ]
    assert states(found, "day", date(2026, 1, 6)) == {"returning": 1, "dormant": -2}
    assert states(found, "month", FEBRUARY) == {"dormant": -3}
    assert states(found, "month", MARCH) == {"resurrected": 1}
    last = [period for grain, period, _ in found.lifecycle() if grain == "day"][-1]
    assert last == date(2026, 6, 30)


def test_days_of_the_lifecycle_are_local():
    rows = [web("01-05 23:59", anonymous_id="a"), web("01-06 00:01", anonymous_id="b")]
    found = counted(rows, reporting_time_zone="Asia/Kolkata")
    assert states(found, "day", date(2026, 1, 6)) == {"new": 2}


# ---------------------------------------------------------------- experiments


def seen(when: str | datetime, variant: str, **columns):
    return web(when, "add_to_cart", experiment="x", variant=variant, **columns)


def test_the_first_variant_seen_is_a_persons_own_and_programs_see_none():
    rows = [
        mail("03-01 10:00", "sent", customer_id="ann", experiment="x", variant="b"),
        seen("03-01 11:00", "control", customer_id="ann"),
        mail("03-01 10:00", "opened", customer_id="bob", is_machine=True, experiment="x",
             variant="b"),
        seen("03-01 12:00", "control", customer_id="bob"),
        seen("03-01 12:00", "b", customer_id="eve", user_agent=BOT_AGENT),
    ]  # fmt: skip
    people = {key[2]: row["people"] for key, row in counted(rows).experiment_results().items()}
    assert people == {"b": 1, "control": 1}


def test_outcomes_count_from_the_variant_on_for_fourteen_days():
    rows = [
        order("02-28 10:00", "o0", "99.00", customer_id="ann"),
        seen("03-01 10:00", "control", customer_id="ann"),
        order("03-01 10:00", "o1", "10.00", customer_id="ann"),
        order("03-10 10:00", "o2", "2.50", customer_id="ann"),
        web("03-01 09:50", customer_id="bob"),
        seen("03-01 10:00", "control", customer_id="bob"),  # within a visit begun before
        web(at("03-15 10:00"), customer_id="bob"),
        order("03-15 10:00", "o3", "50.00", customer_id="bob"),
        mail("03-01 10:00", "sent", customer_id="eve", experiment="x", variant="b"),
        web(at("03-15 10:00") - MICROSECOND, customer_id="eve"),
        mail("03-01 10:00", "sent", email_key="k9", experiment="x", variant="b"),
    ]
    means = {key[1:]: row["mean"] for key, row in counted(rows).experiment_results().items()}
    assert means == {
        ("visit", "control"): 0.5,
        ("conversion", "control"): 0.5,
        ("revenue", "control"): 6.25,
        ("visit", "b"): 0.5,
        ("conversion", "b"): 0.0,
        ("revenue", "b"): 0.0,
    }


def test_without_a_variant_named_control_the_first_by_name_is_it():
    rows = [seen("03-01 10:00", "b", anonymous_id="1"), seen("03-01 10:00", "B", anonymous_id="2")]
    lifts = {key[1:]: row["lift"] for key, row in counted(rows).experiment_results().items()}
    assert lifts["visit", "B"] is None
    assert lifts["visit", "b"] == 0.0


def test_small_groups_are_compared_with_students_t():
    # Two groups of two, means 1 and 3, variances 2 and 2: the error is the root of 2, there are
    # two degrees of freedom, and their quantile 4.302653 is printed in every table.
    row = comparison([2, 4], [0, 2])
    assert row["lift"] == 2.0
    assert row["ci_high"] - row["lift"] == pytest.approx(4.302652730 * 2**0.5)
    assert row["p_value"] == pytest.approx(1 - 0.5**0.5)
    assert row["relative_lift"] == 2.0


def test_large_groups_are_compared_with_students_t_too():
    # SciPy's own Welch test, on the same samples
    values, control = [0, 1] * 50, [0] * 60 + [1] * 40
    row = comparison(values, control)
    welch = stats.ttest_ind(values, control, equal_var=False)
    interval = welch.confidence_interval()
    assert row["lift"] == pytest.approx(0.1)
    assert row["p_value"] == pytest.approx(welch.pvalue, rel=1e-12)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((interval.low, interval.high))


def share_ratio_of(found: Recount) -> float:
    (ratio,) = {row["share_ratio_p"] for row in found.experiment_results().values()}
    return ratio


def test_people_are_held_against_the_shares_that_were_planned():
    rows = [seen("03-01 10:00", "a", anonymous_id=f"a{number}") for number in range(30)]
    rows += [seen("03-01 10:00", "b", anonymous_id=f"b{number}") for number in range(10)]
    found = counted(rows)
    # (10² + 10²) / 20 = 10, with one degree of freedom
    assert share_ratio_of(found) == pytest.approx(0.0015654022580025)
    found.seeds = replace(DEFAULTS, experiment_shares={"x": {"a": Decimal(3), "b": Decimal(1)}})
    assert share_ratio_of(found) == 1.0
    found.seeds = replace(DEFAULTS, experiment_shares={"x": {"a": Decimal(1)}})
    assert share_ratio_of(found) == 0.0
