"""One demo from end to end: draws everything, spoils a little of it, writes the landing files.

Here: the order of things. Not here: anything that the parts can say themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from orchestration.errors import ConfigurationError
from orchestration.simulate import (
    ad_spend,
    customers,
    feedback,
    referrals,
    support,
)
from orchestration.simulate.blemishes import (
    BAD_AMOUNT,
    BAD_JSON,
    BAD_TIME,
    FUTURE,
    NO_IDENTITY,
    NO_NAME,
    Planted,
    blemished,
    delivered_at_once,
    with_later_versions,
)
from orchestration.simulate.draws import Columns, generator, size_of
from orchestration.simulate.mail import Mail, drawn_mail
from orchestration.simulate.milestones import Milestones, drawn_milestones
from orchestration.simulate.orders import Orders, drawn_orders
from orchestration.simulate.people import People, drawn_people
from orchestration.simulate.plan import Plan
from orchestration.simulate.segment import segment_feed
from orchestration.simulate.sendgrid import sendgrid_feed
from orchestration.simulate.shopify import exported, refunds_delivered, shopify_feed
from orchestration.simulate.truth import TRUTH_FILE, truth_of, write_truth
from orchestration.simulate.visits import drawn_visits
from orchestration.simulate.web import ORDERED, drawn_web_events
from orchestration.simulate.window import Window
from orchestration.simulate.writers import (
    Feed,
    Written,
    removed_files,
    sorted_by_delivery,
    written,
)


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


@dataclass(frozen=True)
class Shop:
    """Everything drawn, before it is spoilt and written."""

    plan: Plan
    window: Window
    seed: int
    people: People
    milestones: Milestones
    orders: Orders
    mail: Mail
    visits: Columns


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
    demo on another day. Files of an earlier demo in the folder are replaced. `truth.json` is
    written last: where it is, the demo is whole.
    """
    if people < 1 or not 1 <= days <= 3_650 or seed < 0:
        raise ConfigurationError(
            f"simulate: people {people}, days {days}, seed {seed}: people and days are at least 1,"
            " days at most 3650, the seed not negative; choose other values."
        )
    window = Window.ending(end_date or yesterday(), days)
    shop = drawn_shop(Plan(), people, window, seed)
    removed_files(landing_dir, TRUTH_FILE)

    done: dict[str, Written] = {}
    planted: dict[str, Planted] = {}
    facts: dict[str, int] = {}
    for feed, rows, counts in deliveries(shop, facts):
        done[feed.name] = written(feed, sorted_by_delivery(rows), landing_dir, window)
        planted[feed.name] = counts
        if feed.name == "shop":
            planted["shop_refunds"] = planted_refunds(rows)
        if feed.name == "site":
            facts["devices"] = len(np.unique(rows["device"]))
    write_truth(landing_dir, truth_of(shop, planted, facts))
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


def drawn_shop(plan: Plan, count: int, window: Window, seed: int) -> Shop:
    """People first, then what follows from them."""
    people = drawn_people(plan, count, seed)
    milestones = drawn_milestones(plan, people, window, seed)
    orders = drawn_orders(plan, people, milestones, window, seed)
    mail = drawn_mail(plan, people, milestones, orders, window, seed)
    visits = drawn_visits(plan, people, milestones, orders, mail, window, seed)
    return Shop(plan, window, seed, people, milestones, orders, mail, visits)


def deliveries(shop: Shop, facts: dict[str, int]) -> Iterator[tuple[Feed, Columns, Planted]]:
    """Each feed with its rows as delivered and what was planted in them, one at a time."""
    plan, window, seed = shop.plan, shop.window, shop.seed
    people, milestones, orders = shop.people, shop.milestones, shop.orders
    rng = generator(seed, "blemishes")

    def spoilt(rows: Columns, faults: tuple[int, ...], malformed: float, late: float):
        return blemished(rng, rows, window, faults, late, plan.duplicated, malformed)

    web_faults = (BAD_JSON, BAD_TIME, NO_IDENTITY, FUTURE, NO_NAME)
    names = shop.mail.campaigns.names
    web = web_rows(shop, rng)
    facts["web_events"] = size_of(web) - int((web["version"] > 0).sum())
    rows, counts = spoilt(web, web_faults, plan.malformed, plan.late)
    del web
    yield segment_feed(people, orders, names, seed), rows, counts

    rows = delivered_at_once(shop.mail.events, window)
    facts["email_events"] = size_of(rows)
    faults = (BAD_TIME, NO_IDENTITY, FUTURE, NO_NAME)
    rows, counts = spoilt(rows, faults, plan.malformed, plan.late)
    yield sendgrid_feed(people, shop.mail.campaigns, seed), rows, counts

    faults = (BAD_TIME, NO_IDENTITY, FUTURE, BAD_AMOUNT)
    rows, counts = spoilt(exported(orders, window), faults, plan.malformed_small, plan.late)
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
        *spoilt(answers, feedback.FAULTS, small, plan.late),
    )
    yield support.support_feed(people, window), *spoilt(tickets, support.FAULTS, small, plan.late)

    sent = referrals.drawn_referrals(plan, people, milestones, window, seed)
    facts["referrals"] = size_of(sent)
    facts["referrals_that_convert"] = int((sent["referred"] >= 0).sum())
    yield referrals.referrals_feed(people), *spoilt(sent, referrals.FAULTS, small, plan.late)

    accounts = customers.drawn_customers(people, milestones, window, seed)
    facts["customers"] = int((accounts["version"] == 0).sum())
    yield customers.customers_feed(people), *spoilt(accounts, customers.FAULTS, small, 0.0)

    spend = ad_spend.drawn_spend(people.count, window, seed)
    facts["ad_spend"] = int((spend["version"] == 0).sum())
    yield ad_spend.spend_feed(), *spoilt(spend, ad_spend.FAULTS, small, 0.0)


def web_rows(shop: Shop, rng: np.random.Generator) -> Columns:
    """All web events, and purchases that are delivered again with a correction."""
    rows = drawn_web_events(
        shop.plan, shop.people, shop.milestones, shop.orders, shop.visits, shop.window, shop.seed
    )
    rows = delivered_at_once(rows, shop.window)
    is_corrected = rows["code"] == ORDERED
    is_corrected &= rng.random(size_of(rows)) < shop.plan.corrected
    return with_later_versions(rows, shop.window, is_corrected, rows["delivered"] + 1)


def planted_refunds(rows: Columns) -> Planted:
    """The refunds in the order exports: a doubled export doubles its refund."""
    refunds = refunds_delivered(rows)
    delivered = size_of(refunds)
    return Planted(delivered=delivered, duplicates=delivered - len(np.unique(refunds["id"])))
