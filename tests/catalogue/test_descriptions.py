"""Descriptions and checks, laid out for people."""

import pytest

from journey.catalogue import check_sentence, description


def test_the_first_sentence_is_a_line_of_its_own_and_the_grain_comes_last() -> None:
    text = "Who comes back: by week. One row per cohort and period. Read it\n  so. See x.y."
    assert description(text).split("\n\n") == [
        "Who comes back: by week.",
        "Read it so. See x.y.",
        "One row per cohort and period.",
    ]


def test_a_single_sentence_stays_one() -> None:
    assert description("One row per day.\n") == "One row per day."


def generic(name: str, **given: object) -> dict:
    return {"name": "x", "config": {}, "test_metadata": {"name": name, "kwargs": given}}


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        (
            {"name": "assert_x", "config": {"meta": {"description": "The funnel never rises"}}},
            "The funnel never rises.",
        ),
        (
            {"name": "assert_visits_have_people", "config": {}},
            "Visits have people.",
        ),
        (
            generic("one_row_per", columns=["grain", "{{ adapter.quote('window') }}"]),
            "There is one row per grain, window.",
        ),
        (
            generic("one_row_per", columns=["a"], never_null=["a", "b"]),
            "There is one row per a; always given: a, b.",
        ),
        (
            generic("one_row_per", columns=["a"], never_null=["a"], one_of={"b": ["x", "y"]}),
            "There is one row per a; always given: a; b is one of x, y.",
        ),
        (generic("never_null", columns=["a", "b"]), "Always given: a, b."),
        (generic("unique", column_name="visit_id"), "No two rows have the same visit_id."),
        (
            generic("accepted_values", column_name='"window"', values=["calendar", "rolling"]),
            "window is one of calendar, rolling.",
        ),
        (
            generic(
                "relationships",
                column_name="person_id",
                field="person_id",
                to="{{ get_where_subquery(ref('people')) }}",
            ),
            "Every person_id is a person_id of people.",
        ),
        (generic("is_sorted", column_name="day"), "Is sorted: day."),
    ],
)
def test_a_check_is_a_sentence(test: dict, sentence: str) -> None:
    assert check_sentence(test) == sentence
