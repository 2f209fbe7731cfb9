"""ground_truth.json is right about its own demo, and its queries can be asked."""

import json
from math import sqrt

import duckdb
import pytest

from demo.plan import Plan
from tests.demo.deliveries import standing

TOLERANCE = 4  # standard errors

RELATIONS = {
    "marts.people": "person_id text, first_touch_at timestamp, furthest_stage text,"
    " order_count bigint, first_order_at timestamp, acquisition_channel text",
    "marts.touchpoints": "touchpoint_id text, person_id text, touchpoint text, is_bot boolean",
    "marts.cohort_retention_overall": "cohort_basis text, activity text, grain text,"
    ' "window" text, segment_type text, segment text, period_number integer, cohort_size bigint,'
    " active_people bigint",
    "staging.stg_web__events": "source text, event_id text, occurred_at timestamp,"
    " anonymous_id text, experiment text, variant text",
    "staging.stg_email__events": "event_name text, campaign text, variant text, is_machine boolean",
    "staging.stg_orders__orders": "order_id text, status text, net_amount decimal(18, 2),"
    " total_amount decimal(18, 2), currency text, cancelled_at timestamp, is_test boolean",
    "staging.stg_refunds__refunds": "order_id text, amount decimal(18, 2)",
    "staging.stg_feedback__responses": "feedback_kind text, score double",
    "staging.stg_support__tickets": "ticket_id text",
    "staging.stg_referrals__referrals": "referral_id text",
    "staging.stg_customers__versions": "customer_id text, is_current boolean",
    "staging.stg_ads__spend_days": "spend_date date",
    "staging.stg_interactions__interactions": "interaction_id text",
}


@pytest.fixture(scope="module")
def truth(landing) -> dict:
    return json.loads((landing / "ground_truth.json").read_text())


@pytest.fixture(scope="module")
def facts(rows) -> dict:
    """What stands: the last version of each sound row."""
    return {name: standing(items) for name, items in rows.items()}


def within_tolerance(successes: int, trials: int, value: float) -> bool:
    return abs(successes / trials - value) <= TOLERANCE * sqrt(value * (1 - value) / trials)


def test_queries_run_on_an_empty_warehouse_and_estimate_nothing(truth):
    connection = duckdb.connect()
    connection.execute("create schema marts; create schema staging")
    for name, columns in RELATIONS.items():
        connection.execute(f"create table {name} ({columns})")
    for quantity in truth["quantities"]:
        result = connection.execute(quantity["sql"])
        assert [column[0] for column in result.description] == ["estimate", "n", "standard_error"]
        assert result.fetchone()[0] is None
    for count in truth["counts"]:
        assert not connection.execute(count["sql"]).fetchone()[0]


def test_names_are_unique(truth):
    names = [item["name"] for item in truth["quantities"] + truth["counts"]]
    assert len(names) == len(set(names))


def test_counts_are_what_the_files_hold(facts, truth):
    counts = {item["name"]: item["value"] for item in truth["counts"]}
    for count, feed in (
        ("web_events", "site"),
        ("email_events", "mail"),
        ("orders", "shop"),
        ("feedback", "feedback"),
        ("support_tickets", "support"),
        ("referrals", "referrals"),
        ("accounts", "customers"),
        ("ad_spend", "ad_spend"),
    ):
        assert counts[count] == len(facts[feed]), count
    assert counts["devices"] == len({item.row["anonymousId"] for item in facts["site"]})


def test_orders_of_customers_come_to_nothing_as_often_as_planned(facts):
    plan = Plan()
    paid = [
        item.row
        for item in facts["shop"]
        if not item.row["test"] and item.row["financial_status"] != "voided"
    ]
    cancelled = [row for row in paid if row["cancelled_at"]]
    refunded = [
        row for row in paid if row["financial_status"] == "refunded" and not row["cancelled_at"]
    ]
    assert within_tolerance(len(cancelled), len(paid), plan.cancelled)
    assert within_tolerance(len(refunded), len(paid), plan.fully_refunded)


def test_mail_is_opened_as_often_as_planned(facts):
    plan = Plan()
    mails = [
        item.row
        for item in facts["mail"]
        if item.row["category"][0] not in ("order_confirmation", "new_collection")
    ]
    delivered = sum(row["event"] == "delivered" for row in mails)
    opens = [row["sg_machine_open"] for row in mails if row["event"] == "open"]
    clicks = sum(row["event"] == "click" for row in mails)
    assert within_tolerance(opens.count(True), delivered, plan.machine_open)
    assert within_tolerance(opens.count(False), delivered, plan.human_open)
    assert within_tolerance(clicks, opens.count(False), plan.click)


def test_scores_are_given_as_often_as_planned(facts):
    plan = Plan()
    for kind, scores, lowest in (
        ("nps", plan.nps_scores, 0),
        ("csat", plan.csat_scores, 1),
        ("review", plan.review_scores, 1),
    ):
        given = [int(item.row["score"]) for item in facts["feedback"] if item.row["kind"] == kind]
        for score, value in enumerate(scores, start=lowest):
            assert within_tolerance(given.count(score), len(given), value), (kind, score)


def test_bots_are_a_known_share_of_the_traffic(facts):
    bots = sum("bot" in item.row["context"]["userAgent"].lower() for item in facts["site"])
    assert bots / len(facts["site"]) == pytest.approx(Plan().bot_share, abs=1e-4)


def test_a_shared_device_is_used_by_many(facts):
    people: dict[str, set[str]] = {}
    for item in facts["site"]:
        if "userId" in item.row:
            people.setdefault(item.row["anonymousId"], set()).add(item.row["userId"])
    shared = sorted(len(each) for each in people.values())
    assert shared[-1] > 10
    assert shared.count(2) > 0
    assert all(count <= 2 or count > 10 for count in shared)


def test_probabilities_of_a_distribution_add_up():
    plan = Plan()
    for scores in (plan.nps_scores, plan.csat_scores, plan.review_scores):
        assert sum(scores) == pytest.approx(1)
    assert sum(plan.acquisition.values()) == pytest.approx(1)
    assert sum(plan.returning.values()) == pytest.approx(1)
