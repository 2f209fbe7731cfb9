"""Support tickets: opened by returning customers, and a few by people who have not bought yet.

Here: the tickets and their file. Not here: the answers about them (feedback).

A ticket is delivered when it is opened and once more on the day it is closed.
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
    with_later_versions,
)
from demo.draws import (
    DAY,
    HOUR,
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
from demo.people import ANONYMOUS, BY_ACCOUNT, INTENT, PURCHASE, People
from demo.plan import Plan
from demo.visits import identified_since
from demo.window import Window
from demo.writers import Feed, coded, looked_up, stamps

CHANNELS = ("email", "chat", "phone")
FAULTS = (BAD_TIME, NO_IDENTITY, FUTURE, FIELD_COUNT, NO_KEY)


def drawn_tickets(
    plan: Plan, people: People, milestones: Milestones, window: Window, seed: int
) -> Columns:
    """All tickets opened inside the window."""
    rng = generator(seed, "support")
    bought = milestones.at[:, PURCHASE]
    limit = delay_limits(window)[2] * DAY
    customers = np.flatnonzero(people.has_ticket & window.contains(bought))
    after = bought[customers] + (rng.uniform(0.1, 0.98, len(customers)) * limit).astype(np.int64)

    # People who never buy; before an order a ticket signals no stage.
    since = identified_since(people, milestones)
    asks = (people.identity != ANONYMOUS) & (people.furthest <= INTENT) & (since < NEVER)
    early = np.flatnonzero(asks & (rng.random(people.count) < plan.early_ticket))
    before = since[early] + rng.integers(HOUR, 4 * DAY, len(early))

    parts = []
    for person, at in ((customers, after), (early, before)):
        parts.append({"person": person.astype(np.int32), "at": at // SECOND * SECOND})
    rows = concatenated(parts)
    rows = taken(rows, window.contains(rows["at"]))
    rows = taken(rows, np.lexsort((rows["person"], rows["at"])))
    count = size_of(rows)
    rows["topic"] = chosen(rng, (0.4, 0.2, 0.05, 0.1, 0.05, 0.2), count)
    rows["channel"] = chosen(rng, (0.5, 0.35, 0.15), count)
    closed_at = rows["at"] + (rng.exponential(30 * HOUR, count) + HOUR).astype(np.int64)
    rows["closed_at"] = closed_at // SECOND * SECOND
    rows = delivered_at_once(rows, window)
    all_rows = np.ones(count, dtype=bool)
    return with_later_versions(rows, window, all_rows, window.day_of(rows["closed_at"]))


def support_feed(people: People, window: Window) -> Feed:
    """The feed of tickets."""
    fields = {
        "ticket_id": "'t' || id",
        "opened_at": instant("moment"),
        "closed_at": instant("closed_at"),
        "customer_id": "customer_id",
        "email": "email",
        "topic": "topic",
        "channel": "channel",
    }

    def arranged(rows: Columns) -> pa.Table:
        person = rows["person"]
        by_account = (people.identity == BY_ACCOUNT)[person]
        # What the opening day's file does not know yet, the closing day's says.
        open_still = (rows["version"] == 0) & (
            window.day_of(rows["closed_at"]) > window.day_of(rows["at"])
        )
        return pa.table(
            {
                "fault": rows["fault"],
                "id": rows["id"],
                "moment": stamps(rows["at"]),
                "closed_at": pa.array(rows["closed_at"].astype("datetime64[ms]"), mask=open_still),
                "customer_id": pa.array(people.customer_ids[person], mask=~by_account),
                "email": looked_up(people.emails, person, ~by_account),
                "topic": coded(rows["topic"], list(TOPICS)),
                "channel": coded(rows["channel"], list(CHANNELS)),
            }
        )

    return csv_feed("support", fields, arranged, "ticket_id", "opened_at", ("customer_id", "email"))
