"""The shipped seeds hold the default tables of the definitions, unchanged; more may be added."""

from dataclasses import replace
from itertools import product

import pytest

from .seeds import (
    ADVOCACY,
    CONSIDERATION,
    DEFAULTS,
    INTENT,
    RETENTION,
    Seeds,
    default_stage_of,
    load_seeds,
)
from .warehouse import SEEDS

OTHERS = [
    "web:page_view",
    "web:session_start",
    "web:scroll",
    "web:click",
    "web:view_promotion",
    "web:view_item_list",
    "web:anything_at_all",
    "web:purchase",
    "web:refund",
    "email:opened",
    "email:unsubscribed",
    "email:complained",
    "order:placed",
    "order:cancelled",
    "feedback:review",
    "feedback:nps",
    "feedback:csat",
]


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return load_seeds(SEEDS)


def test_stages_and_their_lapse_days_are_as_defined(seeds):
    assert list(seeds.stages.items()) == list(DEFAULTS.stages.items())


def test_stage_models_are_as_defined(seeds):
    for model, names in DEFAULTS.models.items():
        assert list(seeds.models[model].items()) == list(names.items())
    assert next(iter(seeds.models)) == next(iter(DEFAULTS.models))


def test_cohort_grids_are_as_defined(seeds):
    assert seeds.grids.keys() == DEFAULTS.grids.keys()
    for grain, defined in DEFAULTS.grids.items():
        given = seeds.grids[grain]
        assert replace(given, segment_types=defined.segment_types) == defined
        assert set(defined.segment_types) <= set(given.segment_types)


def test_segment_types_are_as_defined(seeds):
    assert DEFAULTS.segment_types.items() <= seeds.segment_types.items()


def test_personas_are_one_for_each_triple_of_scores_and_prospect_without_an_order(seeds):
    bought = {seeds.persona(scores) for scores in product(range(1, 6), repeat=3)}
    assert seeds.persona((0, 0, 0)) == "prospect"
    assert "prospect" not in bought
    assert len(bought) > 1


def test_stage_rules_signal_what_is_defined(seeds):
    touchpoints = [*CONSIDERATION, *INTENT, *RETENTION, *ADVOCACY, *OTHERS]
    scores = [None, *range(11)]
    for asked in product(touchpoints, scores, ("before", "own", "after")):
        expected = default_stage_of(*asked)
        assert seeds.signalled_stage(*asked) == expected, asked
        assert DEFAULTS.signalled_stage(*asked) == expected, asked
