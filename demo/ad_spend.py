"""What advertising cost: a row a day and campaign, some restated when the platform settles up.

Here: spend and its file. Not here: the visits that advertising brings (visits).
"""

import numpy as np
import pyarrow as pa

from demo.catalogue import LANDINGS
from demo.csv_files import csv_feed, pounds
from demo.defects import (
    BAD_AMOUNT,
    BAD_TIME,
    FIELD_COUNT,
    delivered_at_once,
    with_later_versions,
)
from demo.draws import DAY, HOUR, Columns, generator
from demo.window import Window
from demo.writers import Feed, coded, stamps

FAULTS = (BAD_TIME, FIELD_COUNT, BAD_AMOUNT)
CAMPAIGNS = [
    (landing.channel, landing.campaign, cost)
    for landing, cost in zip(
        (item for item in LANDINGS if item.campaign), (45, 110, 60, 55, 35, 40), strict=True
    )
]  # pence a person and window, roughly
SETTLED = 0.10


def drawn_spend(people: int, window: Window, seed: int) -> Columns:
    """Spend that follows the week, the number of people and chance."""
    rng = generator(seed, "ad_spend")
    count = window.days * len(CAMPAIGNS)
    day = np.repeat(np.arange(window.days), len(CAMPAIGNS))
    campaign = np.tile(np.arange(len(CAMPAIGNS)), window.days)
    cost = np.array([cost for _, _, cost in CAMPAIGNS])[campaign]
    mean = cost * people / window.days * window.weekday_weights()[day]
    amount = np.maximum(1, mean * rng.lognormal(0, 0.15, count)).astype(np.int64)
    clicks = rng.poisson(amount / 45)
    rows = {
        "at": window.start + day.astype(np.int64) * DAY + 12 * HOUR,
        "campaign": campaign,
        "amount": amount,
        "clicks": clicks,
        "impressions": clicks * rng.integers(30, 80, count) + rng.integers(0, 30, count),
    }
    # Up to 4 % less or more, and never the same.
    settled = amount * (96 + rng.integers(0, 9, count)) // 100
    rows["settled"] = np.where(settled == amount, amount + 1, settled)
    rows = delivered_at_once(rows, window)
    is_settled = rng.random(count) < SETTLED
    return with_later_versions(rows, window, is_settled, rows["delivered"] + 2)


def spend_feed() -> Feed:
    """The feed of spend."""
    fields = {
        "spend_date": "strftime(moment, '%Y-%m-%d')",
        "channel": "channel",
        "campaign": "campaign",
        "amount": pounds("amount"),
        "currency": "'GBP'",
        "impressions": "impressions",
        "clicks": "clicks",
    }

    def arranged(rows: Columns) -> pa.Table:
        amount = np.where(rows["version"] > 0, rows["settled"], rows["amount"])
        return pa.table(
            {
                "fault": rows["fault"],
                "moment": stamps(rows["at"]),
                "channel": coded(rows["campaign"], [channel for channel, _, _ in CAMPAIGNS]),
                "campaign": coded(rows["campaign"], [name for _, name, _ in CAMPAIGNS]),
                "amount": amount,
                "impressions": rows["impressions"],
                "clicks": rows["clicks"],
            }
        )

    return csv_feed("ad_spend", fields, arranged, "channel", "spend_date", amount="amount")
