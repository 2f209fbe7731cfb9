"""The shop's customer list: a row when an account is opened, another when it changes.

Here: accounts and their file. Not here: who opens one (people).
"""

import numpy as np
import pyarrow as pa

from demo.catalogue import COUNTRIES
from demo.csv_files import csv_feed, instant
from demo.defects import (
    BAD_TIME,
    FIELD_COUNT,
    FUTURE,
    NO_KEY,
    delivered_at_once,
    with_later_versions,
)
from demo.draws import DAY, SECOND, Columns, generator
from demo.milestones import Milestones
from demo.people import BY_ACCOUNT, People
from demo.visits import identified_since
from demo.window import Window
from demo.writers import Feed, coded, looked_up, stamps

FAULTS = (BAD_TIME, FUTURE, FIELD_COUNT, NO_KEY)
CHANGES = 0.15  # of accounts change their mind about mail


def drawn_customers(people: People, milestones: Milestones, window: Window, seed: int) -> Columns:
    """Accounts opened inside the window, and their changes."""
    rng = generator(seed, "customers")
    since = identified_since(people, milestones)
    person = np.flatnonzero((people.identity == BY_ACCOUNT) & window.contains(since))
    person = person[np.argsort(since[person], kind="stable")]
    rows = {"person": person.astype(np.int32), "at": since[person]}
    rows = delivered_at_once(rows, window, person.astype(np.int64))
    changed_at = rows["at"] + rng.integers(DAY, 60 * DAY, len(person)) // SECOND * SECOND
    changes = rng.random(len(person)) < CHANGES
    rows["changed_at"] = changed_at
    return with_later_versions(rows, window, changes, window.day_of(changed_at))


def customers_feed(people: People) -> Feed:
    """The feed of accounts."""
    fields = {
        "customer_id": "customer_id",
        "updated_at": instant("updated_at"),
        "email": "email",
        "created_at": instant("moment"),
        "country": "country",
        "birth_year": "birth_year",
        "marketing_consent": "consent",
    }

    def arranged(rows: Columns) -> pa.Table:
        person, changed = rows["person"], rows["version"] > 0
        consents = (people.subscribes_at >= 0)[person] != changed
        is_broken = rows["id"] < 0
        # A broken row must not share its key with a sound one.
        number = np.where(is_broken, 6_999_000_000_000 - rows["id"], people.customer_ids[person])
        year = people.birth_year[person]
        return pa.table(
            {
                "fault": rows["fault"],
                "customer_id": number,
                "updated_at": stamps(np.where(changed, rows["changed_at"], rows["at"])),
                "email": looked_up(people.emails, person, ~is_broken),
                "moment": stamps(rows["at"]),
                "country": coded(people.country[person], list(COUNTRIES)),
                "birth_year": pa.array(year, mask=year == 0),
                "consent": coded(consents.astype(int), ["false", "true"]),
            }
        )

    return csv_feed("customers", fields, arranged, "customer_id", "updated_at")
