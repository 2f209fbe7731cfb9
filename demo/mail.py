"""Campaign mails, what providers report of them, and which clicks bring people to the shop.

Here: sends and engagement. Not here: the export files (sendgrid) and the visits after a click.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from demo.draws import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    SECOND,
    Columns,
    concatenated,
    generator,
    size_of,
    taken,
)
from demo.milestones import Milestones
from demo.orders import FAILED, Orders
from demo.people import RETENTION, People
from demo.plan import Plan
from demo.window import Window

PROCESSED, DELIVERED, DEFERRED, DROPPED, BOUNCED, MACHINE, OPENED, CLICKED, LEFT, COMPLAINED = (
    range(10)
)
TRANSACTIONAL = 0  # campaign number of order confirmations
TRANSACTIONAL_NAME = "order_confirmation"
TESTED_NAME = "new_collection"
NEWSLETTER_WEEKDAYS = (1,)  # Tuesday
OFFER_WEEKDAY = 4  # every third Friday
QUIET_END = 3  # days without a campaign, so that every answer falls inside the window
ANSWER_LIMIT = 2 * DAY


@dataclass(frozen=True)
class Campaigns:
    """Campaign 0 is transactional; `tested` is the number of the one with two subject lines."""

    names: list[str]
    sent_at: np.ndarray
    tested: int  # -1: the window has no campaign


@dataclass(frozen=True)
class Mail:
    """`events`: one row an event of a mail. `clicks`: those that open a page of the shop."""

    campaigns: Campaigns
    events: Columns
    clicks: Columns


def planned_campaigns(window: Window) -> Campaigns:
    """A weekly newsletter, an offer every third Friday, one of them with two subject lines."""
    names, instants = [TRANSACTIONAL_NAME], [np.int64(0)]
    fridays = 0
    for day in range(window.days - QUIET_END):
        date = window.first + timedelta(days=day)
        if date.weekday() in NEWSLETTER_WEEKDAYS:
            names.append(f"newsletter_{date:%G_w%V}")
            instants.append(window.start + day * DAY + 9 * HOUR)
        if date.weekday() == OFFER_WEEKDAY:
            fridays += 1
            if fridays % 3 == 0:
                names.append(f"offer_{date:%Y_%m_%d}")
                instants.append(window.start + day * DAY + 15 * HOUR)
    tested = 1 + 2 * (len(names) - 1) // 3 if len(names) > 1 else -1
    if tested > 0:
        names[tested] = TESTED_NAME
    return Campaigns(names, np.array(instants), tested)


def drawn_mail(
    plan: Plan,
    people: People,
    milestones: Milestones,
    orders: Orders,
    window: Window,
    seed: int,
) -> Mail:
    """All mail events inside the window."""
    rng = generator(seed, "mail")
    campaigns = planned_campaigns(window)
    sends = campaign_sends(rng, people, milestones, campaigns)
    answers = drawn_answers(rng, plan, sends)
    left_at = np.full(people.count, NEVER)
    np.minimum.at(left_at, sends["person"][answers["leaves"]], answers["left"][answers["leaves"]])
    stays = sends["at"] < left_at[sends["person"]]
    sends, answers = taken(sends, stays), taken(answers, stays)
    news = events_of(rng, sends, answers)

    confirmations = order_confirmations(people, orders)
    answers = drawn_answers(rng, plan, confirmations)
    retained = people.furthest[confirmations["person"]] == RETENTION
    opens = retained & (rng.random(len(retained)) < plan.transactional_open)
    for refused in ("bounced", "dropped", "clicks", "leaves", "complains"):
        answers[refused][:] = False
    answers["opens"] = opens
    transactional = events_of(rng, confirmations, answers)
    transactional["mail"] += size_of(sends)
    events = concatenated([news, transactional])
    events = taken(events, window.contains(events["at"]))
    events = taken(
        events, np.lexsort((events["event"], events["mail"], events["person"], events["at"]))
    )
    clicked = taken(events, events["event"] == CLICKED)
    return Mail(campaigns, events, clicked)


def campaign_sends(rng, people: People, milestones: Milestones, campaigns: Campaigns) -> Columns:
    """One row per mail: all people who subscribed more than an hour before the campaign."""
    subscriber = np.flatnonzero(people.subscribes_at >= 0)
    since = milestones.at[subscriber, people.subscribes_at[subscriber]] + HOUR
    parts = [mails(np.empty(0, np.int64), np.empty(0, np.int64), TRANSACTIONAL)]
    for number, sent_at in list(enumerate(campaigns.sent_at))[1:]:
        person = subscriber[since < sent_at]
        lag = rng.integers(0, 20 * MINUTE, len(person)) // SECOND * SECOND
        parts.append(mails(person, sent_at + lag, number))
    sends = concatenated(parts)
    # Two subject lines by chance, apart from the checkout that people are shown.
    variant = rng.integers(1, 3, size_of(sends)).astype(np.int8)
    sends["variant"] = np.where(sends["campaign"] == campaigns.tested, variant, 0).astype(np.int8)
    return sends


def mails(person: np.ndarray, at: np.ndarray, campaign: int) -> Columns:
    """Rows of one campaign."""
    return {
        "person": person.astype(np.int32),
        "at": at.astype(np.int64),
        "campaign": np.full(len(person), campaign, dtype=np.int16),
        "variant": np.zeros(len(person), dtype=np.int8),
    }


def order_confirmations(people: People, orders: Orders) -> Columns:
    """One transactional mail an order that was placed online and paid."""
    sent = (orders["person"] >= 0) & (orders["outcome"] < FAILED) & ~orders["is_in_store"]
    return mails(orders["person"][sent], orders["at"][sent] + 2 * SECOND, TRANSACTIONAL)


def drawn_answers(rng, plan: Plan, sends: Columns) -> Columns:
    """What happens to each mail, and when."""
    count = size_of(sends)
    fate = rng.random(count)
    dropped = fate < plan.drops
    bounced = ~dropped & (fate < plan.drops + (1 - plan.drops) * plan.bounces)
    delivered = ~dropped & ~bounced
    deferred = ~dropped & (rng.random(count) < plan.deferred)
    # Either subject line opens at its own rate, all other mails at the usual one.
    rate = np.array([plan.human_open, plan.human_open_control, plan.human_open_question])
    opens = delivered & (rng.random(count) < rate[sends["variant"]])
    clicks = opens & (rng.random(count) < plan.click)
    leaves = opens & (rng.random(count) < plan.unsubscribe)
    seconds = rng.exponential(4 * HOUR / SECOND, count).astype(np.int64)
    opened = sends["at"] + np.minimum((60 + seconds) * SECOND, ANSWER_LIMIT - HOUR)
    clicked = opened + rng.integers(4, 120, count) * SECOND
    return {
        "dropped": dropped,
        "bounced": bounced,
        "delivered": delivered,
        "deferred": deferred,
        "machine": delivered & (rng.random(count) < plan.machine_open),
        "opens": opens,
        "clicks": clicks,
        "leaves": leaves,
        "complains": delivered & (rng.random(count) < plan.complaint),
        "arrived": sends["at"] + rng.integers(1, 40, count) * SECOND,
        "opened": opened,
        "clicked": clicked,
        "left": clicked + rng.integers(20, 200, count) * SECOND,
    }


def events_of(rng, sends: Columns, answers: Columns) -> Columns:
    """One row an event of each mail."""
    mail = np.arange(size_of(sends), dtype=np.int32)
    delivered = answers["delivered"] | (sends["campaign"] == TRANSACTIONAL)
    slow = answers["deferred"] * rng.integers(600, 3_600, len(mail)) * SECOND
    arrived = answers["arrived"]
    machine = arrived + slow + rng.integers(2, 300, len(mail)) * SECOND
    late = np.maximum(answers["opened"], arrived + slow + SECOND)
    rows = (
        (PROCESSED, ~answers["dropped"], sends["at"]),
        (DROPPED, answers["dropped"], sends["at"]),
        (DEFERRED, answers["deferred"], arrived),
        (BOUNCED, answers["bounced"], arrived + slow + SECOND),
        (DELIVERED, delivered, arrived + slow),
        (MACHINE, answers["machine"], machine),
        (OPENED, answers["opens"], late),
        (CLICKED, answers["clicks"], np.maximum(answers["clicked"], late + SECOND)),
        (LEFT, answers["leaves"], np.maximum(answers["left"], late + 2 * SECOND)),
        (COMPLAINED, answers["complains"], late + HOUR),
    )
    parts = []
    for event, happens, at in rows:
        part = {name: sends[name][happens] for name in ("person", "campaign", "variant")}
        part["mail"] = mail[happens]
        part["event"] = np.full(int(happens.sum()), event, dtype=np.int8)
        part["at"] = at[happens]
        parts.append(part)
    return concatenated(parts)
