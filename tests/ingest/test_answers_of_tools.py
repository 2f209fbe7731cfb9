"""Responses of Typeform and of Delighted, as feedback."""

import json

from tests.ingest.records_of_tools import ADA, BOB

COLUMNS = (
    "feedback_id, cast(occurred_at as varchar), kind, score, customer_id, email_key, anonymous_id,"
    " order_id, topic"
)
TEN = "2026-02-01 10:00:00"


def answer(field: str, type: str, number: float, ref: str = "") -> dict:
    return {"type": "number", "number": number, "field": {"id": field, "ref": ref, "type": type}}


def test_each_score_of_a_typeform_response_is_an_answer(warehouse) -> None:
    warehouse.source("feedback", "typeform")
    mail = {"type": "email", "email": "bob@example.test", "field": {"id": "m", "type": "email"}}
    words = {"type": "text", "text": "From ada@example.test", "field": {"id": "t", "type": "text"}}
    told = {"submitted_at": "2026-02-01T10:00:00Z", "landed_at": "2026-02-01T09:59:00Z"}
    items = [
        told | {"response_id": "r1", "hidden": {"customer_id": "7", "order_id": "o1",
                                                "topic": "delivery", "email": ""},
                "answers": [answer("a", "nps", 9), answer("b", "rating", 4),
                            answer("c", "opinion_scale", 5, "our_csat"), words,
                            answer("d", "rating", 3, "product_review"), mail]},
        # A scale that nothing names, a score off its scale, and no one who gave it.
        told | {"response_id": "r2", "hidden": {"email": "ada@example.test"},
                "answers": [answer("a", "opinion_scale", 5), answer("b", "rating", 9)]},
        told | {"response_id": "r3", "hidden": {}, "answers": [answer("a", "nps", 1)]},
        # Nobody sent this one off, and nothing in that is a score.
        told | {"response_id": "r4", "response_type": "started",
                "answers": [answer("a", "nps", 1)]},
        told | {"response_id": "r5", "answers": [words, answer("n", "number", 44)]},
    ]  # fmt: skip
    warehouse.deliver("feedback/a.json", json.dumps({"total_items": 5, "items": items}))
    [result] = warehouse.load("feedback").results
    assert (result.records, result.delivered, result.loaded) == (5, 7, 4)
    assert warehouse.rows("feedback", COLUMNS) == [
        ("r1:a", TEN, "nps", 9, "7", BOB, None, "o1", "delivery"),
        ("r1:b", TEN, "csat", 4, "7", BOB, None, "o1", "delivery"),
        ("r1:c", TEN, "csat", 5, "7", BOB, None, "o1", "delivery"),
        ("r1:d", TEN, "review", 3, "7", BOB, None, "o1", "delivery"),
    ]
    assert warehouse.quarantine("feedback", "reason, value") == [
        ("kind_unknown", "opinion_scale"),
        ("no_identifier", None),
        ("score_out_of_range", "9"),
    ]


def test_responses_of_delighted_with_their_person_or_its_number(warehouse) -> None:
    warehouse.source("feedback", "delighted")
    told = {"created_at": 1769940000, "survey_type": "nps", "score": 10, "person": "5"}
    warehouse.deliver(
        "feedback/a.json",
        json.dumps(
            [
                told | {"id": "1", "person": {"id": "5", "email": "Ada@example.test"},
                        "person_properties": {"customer_id": "7", "order_id": "o1"}},
                told | {"id": "2", "survey_type": "stars", "score": 4},
                told | {"id": "3", "survey_type": "smileys", "score": 2},
                told | {"id": "4", "survey_type": "ces", "score": 2},
                told | {"id": "5", "person": None},
            ]
        ),
    )  # fmt: skip
    [result] = warehouse.load("feedback").results
    assert (result.delivered, result.loaded) == (5, 3)
    assert warehouse.rows("feedback", COLUMNS) == [
        ("1", TEN, "nps", 10, "7", ADA, "delighted:5", "o1", None),
        ("2", TEN, "review", 4, None, None, "delighted:5", None, None),
        ("3", TEN, "csat", 2, None, None, "delighted:5", None, None),
    ]
    assert warehouse.quarantine("feedback", "reason, value") == [
        ("kind_unknown", "ces"),
        ("no_identifier", None),
    ]
