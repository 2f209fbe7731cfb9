"""Referrals: a customer recommends the shop to an address.

Here: who refers whom, and the file. Not here: the orders of those who follow (orders).
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
    SECOND,
    Columns,
    generator,
    size_of,
    taken,
)
from demo.milestones import Milestones, delay_limits
from demo.people import PURCHASE, People
from demo.plan import Plan
from demo.window import Window
from demo.writers import Feed, stamps

FAULTS = (BAD_TIME, NO_IDENTITY, FUTURE, FIELD_COUNT, NO_KEY)
MOST_REFERRALS = 3


def drawn_referrals(
    plan: Plan, people: People, milestones: Milestones, window: Window, seed: int
) -> Columns:
    """Each referrer sends one to three; `referred` is a person who orders later, or -1."""
    rng = generator(seed, "referrals")
    bought = milestones.at[:, PURCHASE]
    referrer = np.flatnonzero(people.refers & window.contains(bought))
    referrer = np.repeat(referrer, rng.integers(1, MOST_REFERRALS + 1, len(referrer)))
    limit = delay_limits(window)[2] * DAY
    lag = (rng.uniform(0.15, 0.98, len(referrer)) * limit).astype(np.int64)
    at = (bought[referrer] + lag) // SECOND * SECOND
    rows = {"person": referrer.astype(np.int32), "at": at}
    rows = taken(rows, window.contains(rows["at"]))
    rows = taken(rows, np.lexsort((rows["person"], rows["at"])))
    rows["referred"] = matched(rng, plan, rows, bought, window)
    return delivered_at_once(rows, window)


def matched(
    rng: np.random.Generator, plan: Plan, rows: Columns, bought: np.ndarray, window: Window
) -> np.ndarray:
    """Some referrals meet a person whose first order comes later; every person at most once.

    The last referrals take the last buyers, so that most pairs are in the right order; a pair
    that is not, is none.
    """
    count = size_of(rows)
    converts = np.flatnonzero(rng.random(count) < plan.referral_converts)
    buyers = rng.permutation(np.flatnonzero(window.contains(bought)))[: len(converts) * 2]
    buyers = buyers[np.argsort(bought[buyers], kind="stable")][-len(converts) :]
    pairs = min(len(converts), len(buyers))
    chosen_rows, friends = converts[len(converts) - pairs :], buyers[len(buyers) - pairs :]
    right = bought[friends] > rows["at"][chosen_rows] + HOUR
    right &= friends != rows["person"][chosen_rows]
    referred = np.full(count, -1, dtype=np.int64)
    referred[chosen_rows[right]] = friends[right]
    return referred


def referrals_feed(people: People) -> Feed:
    """The feed of referrals."""
    fields = {
        "referral_id": "'r' || id",
        "occurred_at": instant("moment"),
        "referrer_customer_id": "customer_id",
        "referred_email": "email",
        "referred_customer_id": "''",
    }

    def arranged(rows: Columns) -> pa.Table:
        referred = rows["referred"]
        # Most recommendations reach a person who never comes.
        strangers = np.strings.add("friend", np.abs(rows["id"]).astype("U12"))
        strangers = pa.array(np.strings.add(strangers, "@example.com"))
        known = people.emails.take(pa.array(np.maximum(referred, 0)))
        return pa.table(
            {
                "fault": rows["fault"],
                "id": rows["id"],
                "moment": stamps(rows["at"]),
                "customer_id": people.customer_ids[rows["person"]],
                "email": pa.compute.if_else(pa.array(referred >= 0), known, strangers),
            }
        )

    return csv_feed(
        "referrals",
        fields,
        arranged,
        "referral_id",
        "occurred_at",
        ("referrer_customer_id",),
    )
