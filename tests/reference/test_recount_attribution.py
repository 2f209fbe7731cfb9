"""Attribution and paths: the worked example to the digit, and the models in Python by themselves.

The example is fifteen people; nine of them buy once, and what each model makes of their paths was
worked out beforehand. Generated worlds are compared in test_recount.py.
"""

import itertools
import random
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from journey.stats import markov, shapley
from journey.stats.shared_credits import shared_credits as credits_of_sets

from .attribution import MODELS, Attribution
from .fitted_attribution import (
    Path as ChannelPath,
)
from .fitted_attribution import removal_effects, shapley_values, shared_credits
from .paths import journey_paths
from .recount import recount
from .rows import Order, Row, WebEvent, delivered, gathered
from .run import Run
from .seeds import load_seeds
from .warehouse import SEEDS, build_marts, read_mart, write_data_dir

CONVERTING = ["A", "AB", "ABC", "B", "BA", "BCA", "C", "CA", "CBA"]
NOT_CONVERTING = ["B", "B", "C", "C", "C", "AB"]
TAGS = {"A": ("google", "cpc"), "B": ("newsletter", "email"), "C": ("facebook", "social")}
NAMES = {"A": "paid_search", "B": "email", "C": "organic_social"}
CREDITED = {
    "first": (3, 3, 3),
    "last": (5, 2, 2),
    "last_non_direct": (5, 2, 2),
    "linear": (3.5, 3, 2.5),
    "position": (3.7, 2.8, 2.5),
    "markov": (3.803604, 2.638170, 2.558226),
    "shapley": (77 / 12, 25 / 24, 37 / 24),
}
REMOVAL_EFFECTS = (0.650794, 0.451389, 0.437710)

EXAMPLE = [ChannelPath(tuple(path), True) for path in CONVERTING]
EXAMPLE += [ChannelPath(tuple(path), False) for path in NOT_CONVERTING]


# ---------------------------------------------------------------- the worked example


def test_the_recount_gives_the_worked_example():
    effects = removal_effects(EXAMPLE)
    assert [float(effects[channel]) for channel in "ABC"] == pytest.approx(
        REMOVAL_EFFECTS, abs=5e-7
    )
    for totals, expected in (
        (effects, CREDITED["markov"]),
        (shapley_values(EXAMPLE), CREDITED["shapley"]),
    ):
        assert totals_of(shared_credits(EXAMPLE, totals)) == pytest.approx(expected, abs=5e-7)


def totals_of(credits: dict[frozenset, dict[str, float]]) -> list[float]:
    totals = Counter()
    for path in EXAMPLE:
        if path.is_conversion:
            totals.update(credits[path.set])
    return [totals[channel] for channel in "ABC"]


@pytest.mark.long
def test_the_warehouse_gives_the_worked_example(tmp_path: Path):
    write_data_dir(tmp_path, gathered(rows_of_the_example()), Run(as_of=datetime(2026, 7, 1)))
    build_marts(tmp_path, "+channel_attribution", "+journey_paths")
    found = {
        (row["attribution_model"], row["channel"]): row
        for row in read_mart(tmp_path, "channel_attribution")
        if row["month"] is None
    }
    assert len(found) == len(MODELS) * len(NAMES)
    for model, expected in CREDITED.items():
        conversions = [found[model, NAMES[letter]]["conversions"] for letter in "ABC"]
        assert conversions == pytest.approx(expected, abs=5e-7), model
    effects = [found["markov", NAMES[letter]]["removal_effect"] for letter in "ABC"]
    assert effects == pytest.approx(REMOVAL_EFFECTS, abs=5e-7)
    paths = {row["path"]: row for row in read_mart(tmp_path, "journey_paths")}
    assert (paths["paid_search > email"]["people"], paths["email"]["people"]) == (2, 3)
    assert paths["paid_search > email"]["conversion_rate"] == 0.5
    assert paths["email > organic_social > paid_search"]["median_days"] == pytest.approx(
        2 + 10 / 1440
    )


def rows_of_the_example() -> list[Row]:
    """A visit a day; who buys does so ten minutes into the last one."""
    rows: list[Row] = []
    for person, letters in enumerate([*CONVERTING, *NOT_CONVERTING]):
        device = f"device-{person}"
        for day, letter in enumerate(letters):
            visited_at = datetime(2026, 5, 1 + day, 12)
            source, medium = TAGS[letter]
            rows.append(
                WebEvent(
                    event_id=f"{device}-{day}",
                    occurred_at=visited_at,
                    anonymous_id=device,
                    utm_source=source,
                    utm_medium=medium,
                )
            )
        if person < len(CONVERTING):
            rows.append(
                Order(
                    order_id=f"order-{person}",
                    ordered_at=visited_at + timedelta(minutes=10),
                    anonymous_id=device,
                    net_amount=Decimal("9.99"),
                )
            )
    return [delivered(row) for row in rows]


# ---------------------------------------------------------------- touches and open paths

TWO_ORDERS_IN_A_VISIT = [("05-01 10:00", "A"), ("05-01 10:10", "!"), ("05-01 10:25", "!")]


def test_a_second_order_of_a_visit_has_that_visit_as_its_touch():
    recounted = recount_of("both", TWO_ORDERS_IN_A_VISIT)
    assert [each.channels for each in recounted.conversions] == [("paid_search",)] * 2
    at_once = recount_of("both", [("05-01 10:00", "A"), ("05-01 10:00", "!"), ("05-01 10:00", "!")])
    assert [each.channels for each in at_once.conversions] == [("paid_search",)] * 2


def test_a_visit_stays_a_touch_of_its_order_beyond_the_lookback():
    steps = [(f"05-01 {hour:02}:00", "A") for hour in range(24)] + [("05-02 00:00:01", "!")]
    settings = {"visit_timeout_minutes": 60, "attribution_lookback_days": 1}
    (conversion,) = recount_of("long", steps, **settings).conversions
    assert conversion.channels == ()  # 60 minutes and a second later: a visit of its own
    steps[-1] = ("05-02 00:00", "A")
    (conversion,) = recount_of("long", [*steps, ("05-02 00:00:01", "!")], **settings).conversions
    assert conversion.channels == ("paid_search",)


def test_customers_have_an_open_path_after_their_last_order():
    steps = [("05-01 10:00", "A"), ("05-01 10:10", "!"), ("05-03 10:00", "B"), ("05-05 10:00", "C")]
    recounted = recount_of("again", steps)
    assert channels_of(recounted.open_paths) == {"anon:again": ["email", "organic_social"]}
    paths = journey_paths(recounted)
    assert paths["channel", "paid_search"]["conversion_rate"] == 1
    assert paths["channel", "email > organic_social"] == {
        "paths": 1,
        "people": 1,
        "conversions": 0,
        "conversion_rate": 0,
        "median_days": None,
    }


def test_an_open_path_looks_back_from_its_last_touch():
    steps = [("05-01 09:59:59", "A"), ("05-01 10:45", "B"), ("05-31 10:45", "C")]
    assert channels_of(recount_of("d", steps).open_paths) == {"anon:d": ["email", "organic_social"]}


def channels_of(paths: dict) -> dict[str, list[str]]:
    return {person: [visit.channel for visit in touches] for person, touches in paths.items()}


def recount_of(device: str, steps: list[tuple[str, str]], **settings) -> Attribution:
    """The attribution of one device: a letter is a tagged page, an exclamation mark an order."""
    rows: list[Row] = []
    channels = {}
    for number, (when, what) in enumerate(steps):
        instant = datetime.fromisoformat(f"2026-{when}")
        if what == "!":
            rows.append(
                Order(
                    order_id=f"order-{number}",
                    ordered_at=instant,
                    anonymous_id=device,
                    net_amount=Decimal("9.99"),
                )
            )
        else:
            rows.append(WebEvent(event_id=f"{number}", occurred_at=instant, anonymous_id=device))
            channels[rows[-1].touchpoint_id] = (NAMES[what], None)
    run = Run(as_of=datetime(2026, 7, 1), **settings)
    raw = gathered([delivered(row) for row in rows])
    return Attribution(recount(raw, run, load_seeds(SEEDS), channels))


# ---------------------------------------------------------------- the models in Python


@pytest.mark.parametrize("number", range(20))
def test_the_models_in_python_agree_with_exact_fractions(number: int):
    paths = drawn_paths(number)
    effects, values = removal_effects(paths), shapley_values(paths)
    assert markov.removal_effects(steps_of(paths)) == pytest.approx(
        {channel: float(effect) for channel, effect in effects.items()}
    )
    found = Counter(path.set for path in paths)
    converted = Counter(path.set for path in paths if path.is_conversion)
    sets = list(found)
    assert shapley.shapley_values(
        sets, [converted[each] for each in sets], [found[each] for each in sets]
    ) == pytest.approx({channel: float(value) for channel, value in values.items()})
    for totals in (effects, values):
        known = {channel: float(total) for channel, total in totals.items()}
        credits = credits_of_sets(list(converted), list(converted.values()), known)
        expected = shared_credits(paths, totals)
        for channels, given in zip(converted, credits, strict=True):
            said = dict.fromkeys(channels, 0.0) | given
            assert said == pytest.approx(expected[channels], abs=1e-9)


def drawn_paths(number: int) -> list[ChannelPath]:
    draw = random.Random(number)
    channels = "ABCDE"[: draw.randint(1, 5)]
    paths = [ChannelPath((channels[0],), True)]
    for _ in range(draw.randint(5, 60)):
        path = tuple(draw.choices(channels, k=draw.choice([1, 1, 1, 2, 3, 4])))
        paths.append(ChannelPath(path, draw.random() < 0.4))
    return paths


def steps_of(paths: list[ChannelPath]) -> dict[tuple[str, str], int]:
    steps = Counter()
    for path in paths:
        end = "(conversion)" if path.is_conversion else "(null)"
        walk = ["(start)", *path.channels, end]
        steps.update(pair for pair in itertools.pairwise(walk) if pair[0] != pair[1])
    return dict(steps)


def test_a_channel_that_is_owed_less_than_it_has_alone_keeps_that_and_yields_the_rest():
    sets = [frozenset("A"), frozenset("B"), frozenset("AB")]
    paths = [ChannelPath(tuple(sorted(each)), True) for each in sets]
    expected = {"A": 0.0, "B": 1.0}
    credits = credits_of_sets(sets, [80, 5, 15], {"A": 0.5, "B": 0.5})
    assert credits[2] == pytest.approx(expected, abs=1e-9)
    owed = {"A": Fraction(1, 6), "B": Fraction(5, 6)}
    assert shared_credits(paths, owed)[sets[2]] == expected


def test_without_conversions_nothing_is_fitted():
    assert markov.removal_effects({("(start)", "A"): 2, ("A", "(null)"): 2}) == ({})
    assert shapley.shapley_values([], [], []) == {}
    assert credits_of_sets([], [], {}) == []
