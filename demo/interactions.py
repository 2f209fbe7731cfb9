"""Interactions: text messages, chats, calls, visits to the store and posts of known people.

Here: the interactions and their file. None signals a stage, and none falls into a long gap, so that
what is known of stages and visits stays as it was drawn. Not here: tickets (support).
"""

import numpy as np
import pyarrow as pa

from demo.csv_files import csv_feed, instant
from demo.defects import (
    BAD_TIME,
    FIELD_COUNT,
    FUTURE,
    NO_IDENTITY,
    NO_KEY,
    delivered_at_once,
)
from demo.draws import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    SECOND,
    Columns,
    chosen,
    concatenated,
    generator,
    size_of,
    taken,
)
from demo.feedback import TOPICS
from demo.milestones import Milestones, delay_limits
from demo.people import BY_ACCOUNT, PURCHASE, People
from demo.plan import Plan
from demo.visits import identified_since, subscribed_since
from demo.window import Window, time_of_day
from demo.writers import Feed, coded, looked_up, stamps

# What happened, by code: channel, event, direction.
KINDS = (
    ("sms", "delivered", "outbound"),
    ("sms", "clicked", "inbound"),
    ("chat", "started", "inbound"),
    ("call", "answered", "inbound"),
    ("store", "visited", "inbound"),
    ("social", "mentioned", "inbound"),
)
DELIVERED, CLICKED, CHAT, CALL, STORE, SOCIAL = range(len(KINDS))
OUTCOMES = ("solved", "open", "no_answer")
HAS_TOPIC, HAS_OUTCOME = (CHAT, CALL, SOCIAL), (CHAT, CALL)
TEXTS_EVERY_DAYS = 30
FAULTS = (BAD_TIME, NO_IDENTITY, FUTURE, FIELD_COUNT, NO_KEY)


def drawn_interactions(
    plan: Plan, people: People, milestones: Milestones, window: Window, seed: int
) -> Columns:
    """All interactions inside the window. `campaign` numbers the text messages from 0; else -1."""
    rng = generator(seed, "interactions")
    parts = [
        *texts(rng, plan, people, milestones, window),
        *later(rng, plan, people, milestones, window),
    ]
    rows = concatenated(parts)
    person, at = rows["person"], rows["at"]
    in_gap = (at > milestones.gap_start[person] - DAY) & (at < milestones.gap_end[person] + DAY)
    rows = taken(rows, window.contains(at) & ~in_gap)
    rows = taken(rows, np.lexsort((rows["kind"], rows["person"], rows["at"])))
    count = size_of(rows)
    topics, outcomes = (
        chosen(rng, (0.4, 0.2, 0.05, 0.1, 0.05, 0.2), count),
        rng.integers(0, 3, count),
    )
    rows["topic"] = np.where(np.isin(rows["kind"], HAS_TOPIC), topics, -1)
    rows["outcome"] = np.where(np.isin(rows["kind"], HAS_OUTCOME), outcomes, -1)
    return delivered_at_once(rows, window)


def texts(
    rng: np.random.Generator, plan: Plan, people: People, milestones: Milestones, window: Window
) -> list[Columns]:
    """A text message a month to those who agreed to mail, and the clicks on it."""
    since = np.maximum(identified_since(people, milestones), subscribed_since(people, milestones))
    found = []
    for number, day in enumerate(range(TEXTS_EVERY_DAYS // 2, window.days, TEXTS_EVERY_DAYS)):
        sent_at = window.start + day * DAY + 9 * HOUR
        person = np.flatnonzero((since < sent_at - DAY) & (rng.random(people.count) < plan.texted))
        at = sent_at + rng.integers(0, 10 * MINUTE, len(person)) // SECOND * SECOND
        clicks = rng.random(len(person)) < plan.text_clicked
        delay = rng.integers(MINUTE, 2 * HOUR, len(person)) // SECOND * SECOND
        found.append(parts_of(person, at, DELIVERED, number))
        found.append(parts_of(person[clicks], (at + delay)[clicks], CLICKED, number))
    return found


def later(
    rng: np.random.Generator, plan: Plan, people: People, milestones: Milestones, window: Window
) -> list[Columns]:
    """What buyers do some days after their first order, each at most once a channel."""
    bought, since = milestones.at[:, PURCHASE], identified_since(people, milestones)
    buyers = np.flatnonzero(window.contains(bought) & (since < NEVER))
    limit = delay_limits(window)[2]
    found = []
    for kind, share in (
        (CHAT, plan.chats),
        (CALL, plan.calls),
        (STORE, plan.store_visits),
        (SOCIAL, plan.mentions),
    ):
        person = buyers[rng.random(len(buyers)) < share]
        days = 1 + rng.integers(0, limit, len(person))
        midnight = (bought[person] // DAY + days) * DAY
        at = (midnight + time_of_day(rng, len(person))) // SECOND * SECOND
        found.append(parts_of(person, np.maximum(at, since[person] + DAY), kind, -1))
    return found


def parts_of(person: np.ndarray, at: np.ndarray, kind: int, campaign: int) -> Columns:
    """Rows of one kind."""
    return {
        "person": person.astype(np.int32),
        "at": at.astype(np.int64),
        "kind": np.full(len(person), kind, dtype=np.int8),
        "campaign": np.full(len(person), campaign, dtype=np.int16),
    }


def interactions_feed(people: People) -> Feed:
    """The feed of interactions."""
    fields = {
        "interaction_id": "'i' || id",
        "occurred_at": instant("moment"),
        "channel": "channel",
        "event_name": "event_name",
        "direction": "direction",
        "campaign": "'text-' || (campaign + 1)",
        "topic": "topic",
        "outcome": "outcome",
        "customer_id": "customer_id",
        "email": "email",
    }

    def arranged(rows: Columns) -> pa.Table:
        person, kind = rows["person"], rows["kind"]
        by_account = (people.identity == BY_ACCOUNT)[person]
        channels, names, directions = (list(column) for column in zip(*KINDS, strict=True))
        return pa.table(
            {
                "fault": rows["fault"],
                "id": rows["id"],
                "moment": stamps(rows["at"]),
                "channel": coded(kind, channels),
                "event_name": coded(kind, names),
                "direction": coded(kind, directions),
                "campaign": pa.array(rows["campaign"], mask=rows["campaign"] < 0),
                "topic": coded(rows["topic"], list(TOPICS)),
                "outcome": coded(rows["outcome"], list(OUTCOMES)),
                "customer_id": pa.array(people.customer_ids[person], mask=~by_account),
                "email": looked_up(people.emails, person, ~by_account),
            }
        )

    return csv_feed(
        "interactions",
        fields,
        arranged,
        "interaction_id",
        "occurred_at",
        ("customer_id", "email"),
    )
