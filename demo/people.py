"""Who the demo's people are and how far each of them will go.

Here: one row a person, drawn once. Not here: when anything happens (milestones, visits).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.catalogue import (
    COUNTRY_WEIGHTS,
    FIRST_NAMES,
    LAST_NAMES,
)
from demo.draws import chosen, generator
from demo.plan import Plan

AWARENESS, CONSIDERATION, INTENT, PURCHASE, RETENTION = range(5)
ANONYMOUS, BY_EMAIL, BY_ACCOUNT = range(3)  # how a person identifies, if at all
FIRST_CUSTOMER_ID = 7_000_000_001


@dataclass(frozen=True)
class People:
    """Columns of one length; `furthest` stops at retention, advocacy follows from signals."""

    furthest: np.ndarray
    variant: np.ndarray  # 1 control, 2 one page
    skips_consideration: np.ndarray
    identity: np.ndarray
    identifies_at: np.ndarray  # the milestone in whose visit the person identifies
    subscribes_at: np.ndarray  # the milestone from which mail is sent; -1 never
    nps: np.ndarray  # scores; -1 no answer
    review: np.ndarray
    refers: np.ndarray
    shares: np.ndarray
    is_advocate: np.ndarray
    has_ticket: np.ndarray
    country: np.ndarray
    birth_year: np.ndarray  # 0 unknown
    device_count: np.ndarray
    emails: pa.Array
    first_names: pa.Array

    @property
    def count(self) -> int:
        """Number of people."""
        return len(self.furthest)

    @property
    def customer_ids(self) -> np.ndarray:
        """The account number of every person, whether they ever open one or not."""
        return FIRST_CUSTOMER_ID + np.arange(self.count, dtype=np.int64)

    @property
    def has_account(self) -> np.ndarray:
        """Whether the person has an account once identified."""
        return self.identity == BY_ACCOUNT


def drawn_people(plan: Plan, count: int, seed: int) -> People:
    """All people of the demo."""
    rng = generator(seed, "people")
    variant = rng.integers(1, 3, count).astype(np.int8)
    furthest = drawn_furthest(rng, plan, variant)
    skips = (furthest >= INTENT) & (rng.random(count) < plan.skips_consideration)
    identity, identifies_at, subscribes_at = drawn_identities(rng, furthest, skips)

    retained = furthest == RETENTION
    answers = retained & (rng.random(count) < plan.answers_nps)
    reviews = retained & (rng.random(count) < plan.reviews)
    nps = np.where(answers, chosen(rng, plan.nps_scores, count), -1).astype(np.int8)
    review = np.where(reviews, chosen(rng, plan.review_scores, count) + 1, -1).astype(np.int8)
    refers = retained & (rng.random(count) < plan.refers)
    shares = retained & (rng.random(count) < plan.shares)

    birth_year = rng.integers(1948, 2006, count)
    devices = 1 + chosen(
        rng,
        (1 - plan.second_device - plan.third_device, plan.second_device, plan.third_device),
        count,
    )
    first_names = rng.integers(0, len(FIRST_NAMES), count)
    last_names = rng.integers(0, len(LAST_NAMES), count)
    return People(
        furthest=furthest,
        variant=variant,
        skips_consideration=skips,
        identity=identity,
        identifies_at=identifies_at,
        subscribes_at=subscribes_at,
        nps=nps,
        review=review,
        refers=refers,
        shares=shares,
        is_advocate=(nps >= 9) | (review >= 4) | refers | shares,
        has_ticket=retained & (rng.random(count) < plan.support_ticket),
        country=chosen(rng, COUNTRY_WEIGHTS, count).astype(np.int8),
        birth_year=np.where(rng.random(count) < 0.3, 0, birth_year).astype(np.int16),
        device_count=np.where(identity == ANONYMOUS, 1, devices).astype(np.int8),
        emails=addresses(first_names, last_names),
        first_names=pa.array(FIRST_NAMES).take(pa.array(first_names)),
    )


def drawn_furthest(rng: np.random.Generator, plan: Plan, variant: np.ndarray) -> np.ndarray:
    """The furthest stage, by one conditional draw a stage."""
    purchase = np.where(variant == 1, plan.purchase_control, plan.purchase_one_page)
    goes_on = np.ones(len(variant), dtype=bool)
    furthest = np.zeros(len(variant), dtype=np.int8)
    for probability in (plan.consideration, plan.intent, purchase, plan.retention):
        goes_on = goes_on & (rng.random(len(variant)) < probability)
        furthest += goes_on
    return furthest


def drawn_identities(
    rng: np.random.Generator, furthest: np.ndarray, skips: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How people identify, at which milestone, and from which one they get mail.

    People who buy once and never return get no mail: an opened mail would be retention. So do
    people who never come further than awareness: a clicked one would be consideration.
    """
    count = len(furthest)
    luck = rng.random(count)
    by_email = np.array([0.0, 0.25, 0.25, 0.20, 0.0])[furthest]
    by_account = np.array([0.0, 0.15, 0.35, 0.80, 1.0])[furthest]
    identity = np.where(
        luck < by_email, BY_EMAIL, np.where(luck < by_email + by_account, BY_ACCOUNT, ANONYMOUS)
    )

    earliest = np.where(skips, INTENT, CONSIDERATION)
    place = rng.random(count)
    at = np.where(place < 0.3, earliest, np.where(place < 0.6, INTENT, PURCHASE))
    at = np.where((furthest == PURCHASE) & (identity == BY_EMAIL), PURCHASE, at)  # guests
    identifies_at = np.where(identity == ANONYMOUS, -1, np.minimum(at, furthest))

    consents = np.where(identity == BY_EMAIL, True, rng.random(count) < 0.75)
    consents &= (identity != ANONYMOUS) & (furthest != PURCHASE)
    early = (furthest == RETENTION) & (identifies_at == PURCHASE) & (rng.random(count) < 0.3)
    subscribes_at = np.where(consents, np.where(early, earliest, identifies_at), -1)
    return (
        identity.astype(np.int8),
        identifies_at.astype(np.int8),
        subscribes_at.astype(np.int8),
    )


def addresses(first_names: np.ndarray, last_names: np.ndarray) -> pa.Array:
    """One invented address a person, at domains that can never be delivered to."""
    number = np.arange(len(first_names))
    host = np.where(number % 3 == 0, "@example.net", "@example.com")
    joined = np.strings.add(np.asarray(FIRST_NAMES)[first_names], ".")
    joined = np.strings.add(joined, np.asarray(LAST_NAMES)[last_names])
    joined = np.strings.add(joined, number.astype("U10"))
    return pa.array(np.strings.add(joined, host))
