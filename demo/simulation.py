"""One demo from end to end: draws a shop, injects defects, writes the landing files.

Here: the order of things. Not here: anything that the parts can say themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from demo import (
    ad_spend,
    customers,
    feedback,
    interactions,
    referrals,
    support,
)
from demo.defects import (
    BAD_AMOUNT,
    BAD_JSON,
    BAD_TIME,
    FUTURE,
    NO_IDENTITY,
    NO_NAME,
    Injected,
    delivered_at_once,
    inject_defects,
    with_later_versions,
)
from demo.draws import Columns, generator, size_of
from demo.ground_truth import GROUND_TRUTH_FILE, ground_truth_of, write_ground_truth
from demo.plan import Plan
from demo.segment import segment_feed
from demo.sendgrid import sendgrid_feed
from demo.shop import Shop, drawn_shop
from demo.shopify import exported, refunds_delivered, shopify_feed
from demo.web import ORDERED, drawn_web_events
from demo.window import Window
from demo.writers import (
    Feed,
    Written,
    removed_files,
    sorted_by_delivery,
    written,
)
from journey.core.errors import ConfigurationError


@dataclass(frozen=True)
class Summary:
    """What a demo consists of: files and rows a feed, and the window it covers."""

    landing_dir: Path
    first: date
    last: date
    people: int
    seed: int
    files: dict[str, int]
    rows: dict[str, int]
    size: int  # bytes


def yesterday() -> date:
    """The last whole day in UTC: a demo looks current."""
    return datetime.now(UTC).date() - timedelta(days=1)


def simulate(
    landing_dir: Path,
    people: int = 5_000,
    days: int = 120,
    seed: int = 7,
    end_date: date | None = None,
) -> Summary:
    """Writes the demo into `landing_dir`; the same arguments give the same bytes.

    `end_date` is the last day of the window, by default yesterday (UTC); give one to reproduce a
    demo on another day. Files of an earlier demo in the folder are replaced. `ground_truth.json` is
    written last: where it is, the demo is whole.
    """
    if people < 1 or not 1 <= days <= 3_650 or seed < 0:
        raise ConfigurationError(
            f"simulate: people {people}, days {days}, seed {seed}: people and days are at least 1,"
            " days at most 3650, the seed not negative; choose other values."
        )
    window = Window.ending(end_date or yesterday(), days)
    shop = drawn_shop(Plan(), people, window, seed)
    removed_files(landing_dir, GROUND_TRUTH_FILE)

    done: dict[str, Written] = {}
    planted: dict[str, Injected] = {}
    facts: dict[str, int] = {}
    for feed, rows, counts in deliveries(shop, facts):
        done[feed.name] = written(feed, sorted_by_delivery(rows), landing_dir, window)
        planted[feed.name] = counts
        if feed.name == "shop":
            planted["shop_refunds"] = planted_refunds(rows)
        if feed.name == "site":
            facts["devices"] = len(np.unique(rows["device"]))
    write_ground_truth(landing_dir, ground_truth_of(shop, planted, facts))
    return Summary(
        landing_dir=landing_dir,
        first=window.first,
        last=window.last,
        people=people,
        seed=seed,
        files={name: item.files for name, item in done.items()},
        rows={name: item.rows for name, item in done.items()},
        size=sum(item.size for item in done.values()),
    )


def deliveries(shop: Shop, facts: dict[str, int]) -> Iterator[tuple[Feed, Columns, Injected]]:
    """Each feed with its rows as delivered and what was planted in them, one at a time."""
    plan, window, seed = shop.plan, shop.window, shop.seed
    people, milestones, orders = shop.people, shop.milestones, shop.orders
    rng = generator(seed, "blemishes")  # the name of a stream of draws: another draws another demo

    def with_defects(rows: Columns, faults: tuple[int, ...], malformed: float, late: float):
        return inject_defects(rng, rows, window, faults, late, plan.duplicated, malformed)

    web_faults = (BAD_JSON, BAD_TIME, NO_IDENTITY, FUTURE, NO_NAME)
    names = shop.mail.campaigns.names
    web = web_rows(shop, rng)
    facts["web_events"] = size_of(web) - int((web["version"] > 0).sum())
    rows, counts = with_defects(web, web_faults, plan.malformed, plan.late)
    del web
    yield segment_feed(people, orders, names, seed), rows, counts

    rows = delivered_at_once(shop.mail.events, window)
    facts["email_events"] = size_of(rows)
    faults = (BAD_TIME, NO_IDENTITY, FUTURE, NO_NAME)
    rows, counts = with_defects(rows, faults, plan.malformed, plan.late)
    yield sendgrid_feed(people, shop.mail.campaigns, seed), rows, counts

    faults = (BAD_TIME, NO_IDENTITY, FUTURE, BAD_AMOUNT)
    rows, counts = with_defects(exported(orders, window), faults, plan.malformed_small, plan.late)
    yield shopify_feed(people, seed), rows, counts

    tickets = support.drawn_tickets(plan, people, milestones, window, seed)
    answers = feedback.drawn_feedback(
        plan, people, milestones, orders, shop.visits, tickets, window, seed
    )
    facts["feedback"] = int((answers["version"] == 0).sum())
    facts["support_tickets"] = int((tickets["version"] == 0).sum())
    small = plan.malformed_small
    yield (
        feedback.feedback_feed(people, orders, seed),
        *with_defects(answers, feedback.FAULTS, small, plan.late),
    )
    yield (
        support.support_feed(people, window),
        *with_defects(tickets, support.FAULTS, small, plan.late),
    )

    sent = referrals.drawn_referrals(plan, people, milestones, window, seed)
    facts["referrals"] = size_of(sent)
    facts["referrals_that_convert"] = int((sent["referred"] >= 0).sum())
    yield referrals.referrals_feed(people), *with_defects(sent, referrals.FAULTS, small, plan.late)

    accounts = customers.drawn_customers(people, milestones, window, seed)
    facts["customers"] = int((accounts["version"] == 0).sum())
    yield customers.customers_feed(people), *with_defects(accounts, customers.FAULTS, small, 0.0)

    spend = ad_spend.drawn_spend(people.count, window, seed)
    facts["ad_spend"] = int((spend["version"] == 0).sum())
    yield ad_spend.spend_feed(), *with_defects(spend, ad_spend.FAULTS, small, 0.0)

    met = interactions.drawn_interactions(plan, people, milestones, window, seed)
    facts["interactions"] = size_of(met)
    yield (
        interactions.interactions_feed(people),
        *with_defects(met, interactions.FAULTS, small, plan.late),
    )


def web_rows(shop: Shop, rng: np.random.Generator) -> Columns:
    """All web events, and purchases that are delivered again with a correction."""
    rows = drawn_web_events(
        shop.plan, shop.people, shop.milestones, shop.orders, shop.visits, shop.window, shop.seed
    )
    rows = delivered_at_once(rows, shop.window)
    is_corrected = rows["code"] == ORDERED
    is_corrected &= rng.random(size_of(rows)) < shop.plan.corrected
    return with_later_versions(rows, shop.window, is_corrected, rows["delivered"] + 1)


def planted_refunds(rows: Columns) -> Injected:
    """The refunds in the order exports: a doubled export doubles its refund."""
    refunds = refunds_delivered(rows)
    delivered = size_of(refunds)
    return Injected(delivered=delivered, duplicates=delivered - len(np.unique(refunds["id"])))
