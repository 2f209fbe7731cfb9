"""What people say: NPS answers, reviews of products, CSAT answers on the site and after a ticket.

Here: the answers and their file. Not here: their probabilities (plan).
"""

import numpy as np
import pyarrow as pa

from demo.csv_files import csv_feed, instant
from demo.defects import (
    BAD_AMOUNT,
    BAD_TIME,
    FIELD_COUNT,
    FUTURE,
    NO_IDENTITY,
    NO_KEY,
    delivered_at_once,
    with_later_versions,
)
from demo.draws import (
    DAY,
    HOUR,
    SECOND,
    Columns,
    chosen,
    concatenated,
    generator,
    mixed,
    size_of,
    taken,
)
from demo.milestones import Milestones, delay_limits
from demo.orders import COUNTED, Orders
from demo.people import BY_ACCOUNT, PURCHASE, People
from demo.plan import Plan
from demo.window import Window
from demo.writers import Feed, coded, looked_up, stamps

NPS, CSAT, REVIEW = range(3)
KINDS = ("nps", "csat", "review")
TOPICS = ("delivery", "quality", "price", "service", "website", "returns")
FAULTS = (BAD_TIME, NO_IDENTITY, FUTURE, FIELD_COUNT, NO_KEY, BAD_AMOUNT)
SITE_TOPIC = TOPICS.index("website")


def drawn_feedback(
    plan: Plan,
    people: People,
    milestones: Milestones,
    orders: Orders,
    visits: Columns,
    tickets: Columns,
    window: Window,
    seed: int,
) -> Columns:
    """All answers inside the window, with corrections of their topic."""
    rng = generator(seed, "feedback")
    bought = milestones.at[:, PURCHASE]
    limit = delay_limits(window)[2]
    first_order = np.full(people.count, -1)
    first_order[orders["person"][orders["is_first"]]] = np.flatnonzero(orders["is_first"])

    asked = np.flatnonzero((people.nps >= 0) & window.contains(bought))
    answered = bought[asked] + (rng.uniform(0.3, 0.98, len(asked)) * limit * DAY).astype(np.int64)
    nps = answers(rng, NPS, asked, answered, people.nps[asked])

    reviewing = np.flatnonzero((people.review >= 0) & window.contains(bought))
    lag = (rng.uniform(0.25, 0.75, len(reviewing)) * limit * DAY).astype(np.int64)
    reviews = answers(
        rng,
        REVIEW,
        reviewing,
        bought[reviewing] + lag,
        people.review[reviewing],
        order=first_order[reviewing],
    )
    parts = [
        nps,
        reviews,
        further_reviews(rng, plan, people, orders),
        further_nps(rng, plan, people, nps),
        site_answers(rng, plan, visits),
        ticket_answers(rng, plan, tickets),
    ]
    rows = concatenated(parts)
    rows["at"] = rows["at"] // SECOND * SECOND
    rows = taken(rows, window.contains(rows["at"]))
    rows = taken(rows, np.lexsort((rows["kind"], rows["person"], rows["at"])))
    rows = delivered_at_once(rows, window)
    recoded = rng.random(size_of(rows)) < plan.corrected
    changed_on = rows["delivered"] + rng.integers(1, 6, size_of(rows))
    rows["new_topic"] = (rows["topic"] + 1) % len(TOPICS)
    return with_later_versions(rows, window, recoded, changed_on)


def answers(
    rng: np.random.Generator,
    kind: int,
    person: np.ndarray,
    at: np.ndarray,
    score: np.ndarray,
    order: np.ndarray | int = -1,
    topic: np.ndarray | None = None,
    device: np.ndarray | int = -1,
) -> Columns:
    """Rows of one sort of answer; `device` ≥ 0 stands for an answer without a name."""
    count = len(person)
    if topic is None:
        topic = chosen(rng, (0.3, 0.3, 0.15, 0.15, 0.05, 0.05), count)
    return {
        "person": person.astype(np.int32),
        "at": at.astype(np.int64),
        "kind": np.full(count, kind, dtype=np.int8),
        "score": score.astype(np.int8),
        "order": np.broadcast_to(order, count).astype(np.int32),
        "topic": topic.astype(np.int8),
        "device": np.broadcast_to(device, count).astype(np.int64),
    }


def further_reviews(
    rng: np.random.Generator, plan: Plan, people: People, orders: Orders
) -> Columns:
    """Of repeat orders, by reviewers who are advocates anyhow: more scores, the same stages."""
    again = (orders["outcome"] == COUNTED) & ~orders["is_first"]
    keen = people.is_advocate & (people.review >= 0)
    again &= keen[orders["person"]] & (orders["person"] >= 0)
    order = np.flatnonzero(again & (rng.random(orders.count) < plan.further_review))
    at = orders["at"][order] + rng.integers(4 * DAY, 12 * DAY, len(order))
    score = chosen(rng, plan.review_scores, len(order)) + 1
    return answers(rng, REVIEW, orders["person"][order], at, score, order=order)


def further_nps(rng: np.random.Generator, plan: Plan, people: People, nps: Columns) -> Columns:
    """Asked again a month later, likewise."""
    again = people.is_advocate[nps["person"]] & (rng.random(size_of(nps)) < plan.further_nps)
    person = nps["person"][again]
    at = nps["at"][again] + rng.integers(28 * DAY, 35 * DAY, len(person))
    return answers(rng, NPS, person, at, chosen(rng, plan.nps_scores, len(person)))


def site_answers(rng: np.random.Generator, plan: Plan, visits: Columns) -> Columns:
    """A smiley at the foot of the page, from the device alone."""
    asked = visits["is_own_device"] & (visits["order"] < 0)
    rows = np.flatnonzero(asked & (rng.random(size_of(visits)) < plan.visit_answer))
    at = visits["at"][rows] + rng.integers(1, 40, len(rows)) * SECOND
    return answers(
        rng,
        CSAT,
        visits["person"][rows],
        at,
        chosen(rng, plan.csat_scores, len(rows)) + 1,
        topic=np.full(len(rows), SITE_TOPIC),
        device=visits["device"][rows],
    )


def ticket_answers(rng: np.random.Generator, plan: Plan, tickets: Columns) -> Columns:
    """Some hours after a ticket was closed."""
    closed = (tickets["version"] > 0) | ~tickets["has_versions"]
    rows = np.flatnonzero(closed & (rng.random(size_of(tickets)) < plan.ticket_answer))
    at = tickets["closed_at"][rows] + rng.integers(1, 48, len(rows)) * HOUR
    score = chosen(rng, plan.csat_scores, len(rows)) + 1
    return answers(rng, CSAT, tickets["person"][rows], at, score, topic=tickets["topic"][rows])


def feedback_feed(people: People, orders: Orders, seed: int) -> Feed:
    """The feed of feedback; most answers carry the account, some only the address."""
    fields = {
        "feedback_id": "'f' || id",
        "occurred_at": instant("moment"),
        "kind": "kind",
        "score": "score",
        "customer_id": "customer_id",
        "email": "email",
        "anonymous_id": "lower(to_hex(device))",
        "order_id": "order_id",
        "topic": "topic",
    }

    def arranged(rows: Columns) -> pa.Table:
        person, order = rows["person"], rows["order"]
        is_named = rows["device"] < 0
        # Decided by the person and not by a draw: a second delivery must say the same.
        by_account = is_named & (people.identity == BY_ACCOUNT)[person] & (person % 5 > 0)
        topic = np.where(rows["version"] > 0, rows["new_topic"], rows["topic"])
        return pa.table(
            {
                "fault": rows["fault"],
                "id": rows["id"],
                "moment": stamps(rows["at"]),
                "kind": coded(rows["kind"], list(KINDS)),
                "score": rows["score"],
                "customer_id": pa.array(people.customer_ids[person], mask=~by_account),
                "email": looked_up(people.emails, person, is_named & ~by_account),
                "device": pa.array(mixed(rows["device"], seed, salt=2), mask=is_named),
                "order_id": pa.array(orders.ids[order], mask=order < 0),
                "topic": coded(topic, list(TOPICS)),
            }
        )

    identities = ("customer_id", "email", "anonymous_id")
    return csv_feed("feedback", fields, arranged, "feedback_id", "occurred_at", identities, "score")
