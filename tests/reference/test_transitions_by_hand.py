"""Transitions between stages and the funnel, worked out on paper."""

from datetime import date, timedelta

import pytest

from .by_hand import AS_OF, counted, order, web


def test_transitions_of_one_person_in_two_vocabularies():
    # awareness 1 March, intent 2 March, back to consideration 3 March, lapsed 2 April.
    recounted = counted(
        [
            web("03-01 09:00", "page_view"),
            web("03-02 09:00", "add_to_cart"),
            web("03-03 21:00", "search"),
        ]
    )
    said = {
        model: [
            (each.from_stage, each.to_stage, each.direction, each.skipped_stages, each.duration)
            for each in recounted.transitions
            if each.stage_model == model
        ]
        for model in ("digital", "experience")
    }
    day = timedelta(days=1)
    assert said["digital"] == [
        ("start", "Awareness", "enter", 0, None),
        ("Awareness", "Intent", "skip", 1, day),
        ("Intent", "Consideration", "back", 0, 1.5 * day),
        ("Consideration", "lapsed", "lapse", 0, 30 * day),
    ]
    # intent and consideration are one stage there: the step back collapses
    assert said["experience"] == [
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
