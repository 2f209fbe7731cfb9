"""ground_truth.json: what is known about one demo, for tests and for anyone who doubts a mart.

Here: known probabilities with the queries that recover them, exact counts, and what was planted.
Not here: the probabilities themselves (plan) and the queries (truth_queries).
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from demo import segment, sendgrid, shopify
from demo.defects import Injected
from demo.ground_truth_queries import STAGES, quantities
from demo.milestones import maturity_days
from demo.orders import COUNTED, TEST
from demo.people import BY_ACCOUNT, BY_EMAIL
from demo.shop import Shop

GROUND_TRUTH_FILE = "ground_truth.json"
KINDS = {
    "site": "web_events",
    "mail": "email_events",
    "shop": "orders",
    "shop_refunds": "refunds",
    "feedback": "feedback",
    "referrals": "referrals",
    "support": "support_tickets",
    "customers": "customers",
    "ad_spend": "ad_spend",
    "interactions": "interactions",
}
PATTERNS = [
    segment.PATTERN,
    sendgrid.PATTERN,
    shopify.PATTERN,
    *(f"{name}/{name}_{{date}}.csv" for name in list(KINDS)[4:]),
]


def ground_truth_of(shop: Shop, planted: dict[str, Injected], facts: dict[str, int]) -> dict:
    """The whole file."""
    window = shop.window
    return {
        "about": "Known probabilities and exact counts of a simulated shop. Every query of"
        " `quantities` returns estimate, n and standard_error; `counts` are exact; `planted` is"
        " what each source delivers, row by row.",
        "arguments": {
            "people": shop.people.count,
            "days": window.days,
            "seed": shop.seed,
            "first_date": window.first.isoformat(),
            "end_date": window.last.isoformat(),
        },
        "as_of": f"{window.date_of(window.days).isoformat()}T00:00:00Z",
        "maturity_days": maturity_days(window),
        "plan": asdict(shop.plan),
        "quantities": [item.as_dict() for item in quantities(shop.plan, window)],
        "counts": exact_counts(shop, facts),
        "realised": realised(shop, facts),
        "planted": {
            name: {"kind": KINDS[name], **item.as_dict()} for name, item in planted.items()
        },
        "files": PATTERNS,
    }


def exact_counts(shop: Shop, facts: dict[str, int]) -> list[dict]:
    """Counts that the warehouse must reach to the last one."""
    orders = shop.orders
    counted = orders["outcome"] == COUNTED
    per_person = np.bincount(orders["person"][counted], minlength=shop.people.count)
    is_pound = (orders["outcome"] != TEST) & ~orders["is_euro"]
    shared = len(np.unique(shop.visits["device"][shop.visits["is_shared_device"]]))

    def rows(relation: str) -> str:
        return f"select count(*) from staging.{relation}"

    items = (
        ("people", shop.people.count + shared,
         "People and shared devices with an inbound touchpoint.",
         "select count(*) from marts.people where first_touch_at is not null"),
        ("customers", int((per_person > 0).sum()), "People with a counted order.",
         "select count(*) from marts.people where order_count > 0"),
        ("repeat_customers", int((per_person > 1).sum()), "People with two counted orders.",
         "select count(*) from marts.people where order_count > 1"),
        ("counted_orders", int(counted.sum()), "Counted orders.",
         "select sum(order_count) from marts.people"),
        ("orders", orders.count, "Orders of any outcome, tests included.",
         rows("stg_orders__orders")),
        ("net_amount_gbp", int(orders["net"][is_pound].sum()) / 100,
         "Goods ordered in pounds, whatever became of the order, without tests.",
         "select sum(net_amount) from staging.stg_orders__orders"
         " where currency = 'GBP' and not coalesce(is_test, false)"),
        ("devices", facts["devices"], "Devices, those of bots included.",
         "select count(distinct anonymous_id) from staging.stg_web__events"),
        ("web_events", facts["web_events"], "Web events.", rows("stg_web__events")),
        ("email_events", facts["email_events"], "Mail events.", rows("stg_email__events")),
        ("feedback", facts["feedback"], "Answers.", rows("stg_feedback__responses")),
        ("support_tickets", facts["support_tickets"], "Tickets.", rows("stg_support__tickets")),
        ("referrals", facts["referrals"], "Referrals.", rows("stg_referrals__referrals")),
        ("accounts", facts["customers"], "Accounts.",
         rows("stg_customers__versions") + " where is_current"),
        ("ad_spend", facts["ad_spend"], "Days and campaigns with spend.",
         rows("stg_ads__spend_days")),
        ("interactions", facts["interactions"],
         "Text messages, chats, calls, visits to the store and posts.",
         rows("stg_interactions__interactions")),
    )  # fmt: skip
    return [
        {"name": name, "value": value, "meaning": meaning, "sql": sql}
        for name, value, meaning, sql in items
    ]


def realised(shop: Shop, facts: dict[str, int]) -> dict:
    """What chance made of the probabilities in this demo; for reading, not for equality."""
    people, visits = shop.people, shop.visits
    furthest = people.furthest.astype(int) + people.is_advocate
    own, shared = visits["is_own_device"], visits["is_shared_device"]
    pairs = np.unique(visits["device"][own])
    return {
        "people_by_drawn_furthest_stage": {
            stage: int((furthest == number).sum()) for number, stage in enumerate(STAGES)
        },
        "people": people.count,
        "people_with_account": int((people.identity == BY_ACCOUNT).sum()),
        "people_known_by_address_only": int((people.identity == BY_EMAIL).sum()),
        "own_devices": len(pairs),
        "household_devices": len(np.unique(visits["device"][~own & ~shared])),
        "shared_devices": len(np.unique(visits["device"][shared])),
        "planned_visits": len(visits["at"]),
        "referrals_that_convert": facts["referrals_that_convert"],
        "mail_campaigns": shop.mail.campaigns.names,
    }


def write_ground_truth(landing_dir: Path, truth: dict) -> None:
    """Written last, whole or not at all."""
    path = landing_dir / GROUND_TRUTH_FILE
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(truth, indent=2) + "\n")
    part.replace(path)
