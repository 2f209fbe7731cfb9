"""Every suite lets a clean table pass and refuses one with a planted defect.

The defects are all planted at once, so that the checks run once for the clean and once for the
broken tables. Which check must notice is named for each defect.
"""

import shutil
from collections.abc import Callable, Mapping

import pytest

from journey.checks import SUITES_DIR, refusals, suites_of, validate
from journey.core.checks import Check
from journey.core.settings import KINDS, Settings
from journey.pages import checks as checks_page
from tests.small_warehouse import MARTS, RAW, build_marts, write_arrived

# Of each table: what is made wrong, and the sentences that must then be refused.
RAW_DEFECTS: Mapping[str, tuple[list[str], list[str]]] = {
    "web_events": (
        [
            "update arrived set event_id = 'e1'",
            "update arrived set email_key = 'ann@example.com' where revenue is not null",
            "insert into arrived by name select * replace ('e9' as event_id, null as email_key,"
            " null as anonymous_id, 'Page View' as event_name) from arrived limit 1",
            "insert into arrived by name select * replace ('e10' as event_id,"
            " timestamp '2026-11-24' as occurred_at) from arrived limit 1",
        ],
        [
            "A key arrives once, but for restatements",
            "No address entered the warehouse",
            "Every event names a device, a customer or an address",
            "Event names are in snake case",
            "Events lie in the partition of their UTC day and not after their delivery",
        ],
    ),
    "email_events": (
        ["update arrived set event_name = 'read', email_key = null"],
        [
            "Event names are those of the contract",
            "Every event names an address, a customer or a device",
        ],
    ),
    "orders": (
        ["update arrived set status = 'open', currency = 'pounds', net_amount = null"],
        [
            "Statuses are those of the contract",
            "Currencies are ISO codes",
            "Every order has an amount",
        ],
    ),
    "refunds": (
        ["update arrived set amount = -2, order_id = null"],
        ["Amounts are not negative", "Every refund names its order"],
    ),
    "feedback": (["update arrived set score = 11"], ["Scores are on the scale of their kind"]),
    "referrals": (
        ["update arrived set referred_customer_id = null"],
        ["Every referral names whom it referred"],
    ),
    "support_tickets": (["update arrived set opened_at = null"], ["Every ticket has an instant"]),
    "customers": (
        ["insert into arrived from arrived", "update arrived set customer_id = 'a@b.example'"],
        ["A key arrives once, but for restatements", "No address entered the warehouse"],
    ),
    "ad_spend": (
        ["insert into arrived from arrived"],
        ["A day, channel and campaign arrive once, but for restatements"],
    ),
}
MART_DEFECTS: Mapping[str, tuple[list[str], list[str]]] = {
    "people": (
        [
            "update marts.people set net_revenue = 5 where order_count = 0",
            "update marts.people set last_touch_at = '2026-11-22' where order_count = 1",
            "update marts.people set acquisition_channel = 'fax' where order_count = 1",
            "insert into marts.people from marts.people where person_id = 'cust:1'",
            "update marts.people set person_id = '1' where order_count = 0",
            "update marts.people set current_stage = 'advocacy' where order_count = 0",
            "update marts.people set persona = 'lost', expected_orders_90d = 0.1"
            " where order_count = 0",
            "update marts.people set recency_score = 5, expected_orders_90d = 0.8"
            " where order_count = 1",
        ],
        [
            "Orders, revenue and instants of orders agree",
            "Firsts come before lasts and lasts before as_of",
            "Acquisition channels are those of the channel rules",
            "Every person has one row",
            "A person is a customer, an address or a device",
            "Stages are canonical stages or lapsed and nobody is beyond their furthest",
            "Personas are those of the scores and scores those of buyers",
            "Equal buyers have equal scores and better ones no lower scores",
            "Expectations are of buyers and grow with the time that they look ahead",
        ],
    ),
    "days": (
        [
            "insert into marts.days values ('2026-11-18', '2026-11-17', '2026-11-02')",
            "insert into marts.days from marts.days where calendar_date = '2026-11-20'",
        ],
        [
            "Every day has one row",
            "No day is missing",
            "Days begin with the first touch and end before as_of",
            "Weeks begin on the Monday at or before the day",
            "Months begin on their first day",
        ],
    ),
    "touchpoints": (
        [
            "insert into marts.touchpoints from marts.touchpoints",
            "update marts.touchpoints set person_id = null, occurred_at = '2026-11-22'"
            " where touchpoint = 'order:placed'",
            "update marts.touchpoints set visit_id = 'x', person_id_basis = 'guess',"
            " stage = 'bliss' where touchpoint = 'email:sent'",
        ],
        [
            "Every touchpoint has one row",
            "Every touchpoint is somebody's",
            "Nothing happened at or after as_of",
            "Inbound touchpoints have a visit and others have none",
            "A known rule decided whose a touchpoint is",
            "Channels and stages are those of the seeds",
        ],
    ),
    "visits": (
        [
            "update marts.visits set visit_number = 2 where person_id = 'cust:1'",
            "update marts.visits set ended_at = '2026-11-20 08:00' where person_id = 'anon:d2'",
            "update marts.visits set is_overlong = true where person_id = 'cust:1'",
        ],
        [
            "Visits are named and numbered from one without gaps",
            "Visits end at or after their start",
            "Visits of more than a day are flagged and no others",
        ],
    ),
    "orders": (
        [
            "insert into marts.orders by name select * replace ('orders:shop:o2' as touchpoint_id,"
            " 'o2' as order_id, 3 as order_number, 12.00 as net_revenue,"
            " date '2026-11-23' as ordered_date) from marts.orders",
            "insert into marts.orders by name select * replace ('orders:shop:o3' as touchpoint_id,"
            " 'o3' as order_id, 'fax' as channel, -1 as refunded_amount, -1 as net_revenue,"
            " 'cust:2' as person_id) from marts.orders where order_id = 'o1'",
            "update marts.orders set is_counted = false where order_id = 'o1'",
        ],
        [
            "Orders are before as_of and on their day of the reporting time zone",
            "Counted orders are the placed ones among the touchpoints",
            "Counted orders of a person are numbered from one without gaps",
            "What follows from the number of an order agrees with it",
            "Refunded amounts are not negative",
            "Net revenue is not negative",
            "Net revenue is at most the net amount",
            "Channels are those of the channel rules",
        ],
    ),
    "stage_names": (
        [
            "update marts.stage_names set stage_model = 'other', stage = 'Nowhere'"
            " where canonical_stage = 'intent'",
            "update marts.stage_names set is_default = false where canonical_stage = 'purchase'",
        ],
        [
            "One stage model is the default",
            "The default is the first of the setting",
            "Every stage model names every canonical stage",
            "Every stage named is one that people can be in",
            "Stages are placed from one without gaps",
        ],
    ),
    "stage_entries": (
        [
            "update marts.stage_entries set entry_number = 3 where entry_number = 2",
            "update marts.stage_entries set stage = 'lapsed' where person_id = 'anon:d2'",
        ],
        [
            "Entries are numbered from one without gaps",
            "Nobody lapses first or twice in a row and entries follow in time",
            "Only a lapse has no touchpoint",
        ],
    ),
    "stage_transitions": (
        [
            "update marts.stage_transitions set from_stage = 'Intent', to_stage = 'Desire'"
            " where transition_number = 2",
            "update marts.stage_transitions set direction = 'jump' where person_id = 'anon:d2'",
        ],
        [
            "The first step comes from start and each other one from where the last one led",
            "Stages are those of the stage model",
            'Directions are those of definitions.md, "Stage transitions"',
            "Directions agree with the stages",
        ],
    ),
    "stage_transition_matrix": (
        [
            "update marts.stage_transition_matrix set share_of_from = 0.9, people = 3"
            " where month is null and from_stage = 'start'",
            "update marts.stage_transition_matrix set transitions = 2, p90_hours = 0.1"
            " where month is null and from_stage = 'Awareness'",
        ],
        [
            "The shares out of a stage sum to all of them",
            "People do not outnumber their transitions",
            "Months sum to the overall slice",
            "Stays are not negative and the ninetieth percentile is no shorter than the median",
        ],
    ),
    "stage_occupancy": (
        [
            "update marts.stage_occupancy set people = 2 where stage = 'Awareness'",
            "delete from marts.stage_occupancy where stage = 'Intent'",
            "update marts.stage_occupancy set as_of = '2026-11-21' where stage = 'lapsed'",
        ],
        [
            "Everybody with an entry is in one stage",
            "Every stage model has its stages and lapsed",
            "Stages are occupied as of the instant of this version",
        ],
    ),
    "stage_funnel": (
        [
            "update marts.stage_funnel set entered = 3 where stage = 'Purchase' and month is null",
            "update marts.stage_funnel set conversion_rate = 1.5 where stage = 'Intent'",
        ],
        [
            "The funnel never rises",
            "Whoever entered a stage went on, dropped out or is still there",
            "Months sum to the overall slice",
            "Rates lie between nothing and all",
        ],
    ),
    "cohort_retention": (
        [
            "update marts.cohort_retention set active_people = 2 where period_number = 1",
            "update marts.cohort_retention set active_people = 0"
            " where cohort_basis = 'first_order' and period_number = 0",
            "update marts.cohort_retention set retention_rate = 1 where not is_complete",
            "insert into marts.cohort_retention from marts.cohort_retention where not is_complete",
        ],
        [
            "Nobody is active who is not in the cohort",
            "Period 0 of orders since the first order is the cohort itself",
            "Rates are shares of complete cells and null in others",
            "Every cell has one row",
            "Periods run from 0 without gaps",
        ],
    ),
    "cohort_retention_overall": (
        [
            "update marts.cohort_retention_overall set retention_rate = 0.5, cohorts = 2,"
            " cohort_size = 2 where period_number = 1",
            "update marts.cohort_retention_overall set active_people = 0 where period_number = 0",
        ],
        [
            "Later periods have fewer complete cohorts",
            "Rates are the weighted ones",
            "Period 0 of orders since the first order is the cohorts themselves",
        ],
    ),
    "channel_attribution": (
        [
            "update marts.channel_attribution set conversions = 0.5, revenue = 4.00"
            " where attribution_model = 'last' and month is null and channel = 'email'",
            "delete from marts.channel_attribution"
            " where attribution_model = 'shapley' and month is not null",
            "update marts.channel_attribution set cost = 3.00 where attribution_model = 'first'"
            " and channel = 'email'",
            "update marts.channel_attribution set removal_effect = 0.2"
            " where attribution_model = 'linear'",
            "update marts.channel_attribution set roas = 1 where channel = 'direct'",
        ],
        [
            "Every cell is told by all eight models",
            "Every model credits all orders and all revenue",
            "Months add up to the overall rows",
            "A cost is a cost whatever the model",
            "Removal effects are shares and belong to the overall rows of markov",
            "Ratios are those of their parts and null where there is nothing to divide by",
        ],
    ),
    "channel_attribution_by_order": (
        [
            "update marts.channel_attribution_by_order set credit = 0.5"
            " where attribution_model = 'linear'",
            "update marts.channel_attribution_by_order set revenue_credit = 7.99"
            " where attribution_model = 'position'",
            "delete from marts.channel_attribution_by_order where attribution_model = 'markov'",
            "insert into marts.channel_attribution_by_order by name select * replace ("
            "'orders:shop:o2' as touchpoint_id, null as visit_id, 'fax' as channel)"
            " from marts.channel_attribution_by_order where attribution_model = 'last'",
            "update marts.channel_attribution_by_order set ordered_at = '2026-11-20 09:00'"
            " where attribution_model = 'shapley'",
        ],
        [
            "The credits of an order sum to one",
            "Every model credits all revenue to the cent",
            "Every model credits every counted order",
            "What has no touch is wholly unattributed and nothing else is",
            "Channels are those of the channel rules",
            "Touches are visits that had begun by the order",
        ],
    ),
    "journey_paths": (
        [
            "update marts.journey_paths set paths = 2, people = 2 where path = 'awareness'",
            "update marts.journey_paths set conversion_rate = 0.5, median_days = null"
            " where path = 'awareness > purchase'",
            "update marts.journey_paths set paths = 5, conversions = 5 where path = 'email'",
            "insert into marts.journey_paths values ('channel', '(other)', 1, 1, 0, 0, null)",
        ],
        [
            "Everybody who entered a stage is on one path of stages",
            "Rates are the shares of paths that led to an order",
            "Paths that led to an order took some time and others are not timed",
            "Paths of channels lead to no more orders than there are",
            "A thousand paths are told and only what is beyond them is other",
        ],
    ),
    "satisfaction": (
        [
            "update marts.satisfaction set nps = 120 where month is null and stage is null",
            "update marts.satisfaction set stage = 'bliss', mean_score = 7, is_small = false"
            " where kind = 'csat' and stage is not null",
            "update marts.satisfaction set month = '2026-12-02' where topic is null",
            "insert into marts.satisfaction from marts.satisfaction where kind = 'nps'",
        ],
        [
            "Every slice has one row a kind",
            "Stages are the canonical ones",
            "Rates belong to their kind and lie on their scale",
            "Mean scores lie on the scale of their kind",
            "Slices have answers and small ones are flagged",
            "Months begin on their first day and not after as_of",
        ],
    ),
    "referral_rates": (
        [
            "update marts.referral_rates set customers = 2, referred_customers = 3"
            " where month = '2026-10-01'",
            "update marts.referral_rates set referral_rate = 0.5 where month = '2026-11-01'",
        ],
        [
            "Nobody refers without a referral and nobody is won without one",
            "Customers do not become fewer",
            "Rates are quotients of their counts",
        ],
    ),
    "experiment_results": (
        [
            "update marts.experiment_results set mean = 1.5 where metric = 'conversion'"
            " and variant = 'b'",
            "update marts.experiment_results set ci_low = 0.2 where metric = 'visit'"
            " and variant = 'b'",
            "update marts.experiment_results set lift = 0.8, people = 36"
            " where metric = 'revenue' and variant = 'control'",
        ],
        [
            "Every variant has the three metrics over the same people",
            "Every metric has one control",
            "Means lie on the scale of their metric",
            "Intervals lie around their lift and probabilities between 0 and 1",
            "Lifts are differences of the means",
        ],
    ),
    "lifecycle": (
        [
            "update marts.lifecycle set people = 1 where state = 'dormant'",
            "update marts.lifecycle set state = 'asleep' where grain = 'week' and people = 0",
            "update marts.lifecycle set period_start = '2026-11-17' where grain = 'week'",
            "delete from marts.lifecycle where grain = 'day' and state = 'new'",
            "insert into marts.lifecycle select 'day', date '2026-10-01', 'new', 1",
        ],
        [
            "Only the dormant are negative",
            "Every period has the four states",
            "Periods begin with their first day and not after as_of",
            "No period is missing",
        ],
    ),
    "journey_map": (
        [
            "insert into marts.journey_map from marts.journey_map where touchpoint = 'web:chat'",
            "update marts.journey_map set stage = 'Desire', touches = 3"
            " where touchpoint = 'order:placed'",
            "update marts.journey_map set people = 31, forward_rate_7d = 1.5, target_metric = null,"
            " as_of = '2026-11-23' where touchpoint = 'web:page_view'",
            "update marts.journey_map set csat = 0.5, period = '2026-13'"
            " where touchpoint = 'web:chat' and period = '2026-11'",
        ],
        [
            "Every touchpoint of a stage has one row",
            "Stages are those of the stage model",
            "Every stage model tells all touches, overall and by months",
            "Periods are months, the last 90 days and overall",
            "NPS and CSAT stand on five answers and fewer than thirty are flagged",
            "People are part of their stage and small rows are flagged",
            "Measures lie on their scale",
            "What nobody touched is not measured",
            "Targets are held against what is measured",
            "The map describes the instant of this version",
        ],
    ),
    "journey_map_changes": (
        [
            "delete from marts.journey_map_changes where touchpoint = 'order:placed'"
            " and metric = 'drop_off_rate'",
            "update marts.journey_map_changes set metric = 'nps' where touchpoint = 'web:chat'",
            "update marts.journey_map_changes set last_date = '2026-11-23', difference = 0.5"
            " where touchpoint = 'web:page_view' and comparison = 'last_28_days'",
            "update marts.journey_map_changes set p_value = 0.001, is_news = true"
            " where touchpoint = 'web:page_view' and comparison = 'last_month'",
        ],
        [
            "Every metric of a touchpoint is compared once",
            "Every row of the map is compared in three metrics over two spans of time",
            "Metrics are the three shares",
            "Windows are as long as they are said to be and follow one another",
            "Differences are those of two shares",
            "News is what chance hardly does and a hundred people show",
        ],
    ),
    "data_quality": (
        [
            "insert into marts.data_quality from marts.data_quality",
            "update marts.data_quality set severity = 'bad', asset = null",
        ],
        [
            "Every check has one row in a run",
            "Severities are critical, warning or info",
            "Every row says what was found where and in which run",
        ],
    ),
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("suites")
    config = folder / "journey.toml"
    config.write_text("")
    return Settings.load(config, folder / "data")


Judge = Callable[[dict[str, list[str]]], list[Check]]


@pytest.fixture(scope="module")
def judge_raw(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    def judge(changes: dict[str, list[str]]) -> list[Check]:
        folder = tmp_path_factory.mktemp("arrived")
        files = {kind: write_arrived(folder, kind, *changes.get(kind, [])) for kind in RAW}
        return validate(settings, "raw", files)

    return judge


@pytest.fixture(scope="module")
def judge_marts(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    # Other suites than those of the tables that are written by hand are judged in every run.
    suites_dir = tmp_path_factory.mktemp("expectations")
    (suites_dir / "marts").mkdir()
    for mart in MARTS:
        shutil.copy(SUITES_DIR / "marts" / f"{mart}.yml", suites_dir / "marts")

    def judge(changes: dict[str, list[str]]) -> list[Check]:
        statements = [statement for listed in changes.values() for statement in listed]
        build_marts(settings.warehouse_path, *statements)
        return validate(settings, "marts", MARTS, suites_dir=suites_dir)

    return judge


def failures(checks: list[Check]) -> list[str]:
    return [f"{check.asset}: {check.expected}" for check in checks if not check.is_passed]


def broken(judge: Judge, defects: Mapping[str, tuple[list[str], list[str]]]) -> dict[str, set]:
    """The sentences that refuse each table when every defect is planted."""
    checks = judge({table: changes for table, (changes, _) in defects.items()})
    refused: dict[str, set] = {}
    for check in refusals(checks):
        refused.setdefault(check.asset.split("/")[1], set()).add(check.expected)
    return refused


def test_every_kind_has_a_suite_and_every_defect_a_table() -> None:
    assert set(suites_of("raw")) == set(KINDS)
    assert set(RAW) == set(RAW_DEFECTS)
    assert set(MARTS) == set(MART_DEFECTS)


@pytest.mark.parametrize("layer", ["raw", "marts"])
def test_every_suite_begins_with_rows_and_stays_readable(layer: str) -> None:
    for suite in suites_of(layer).values():
        first = suite.expectations[0]
        is_count = first["type"] == "expect_table_row_count_to_be_between"
        assert is_count or "where found = 0" in first["kwargs"]["unexpected_rows_query"], (
            suite.asset
        )
        assert all(len(e["description"]) <= 100 for e in suite.expectations)


def test_clean_deliveries_pass(judge_raw: Judge) -> None:
    checks = judge_raw({})
    assert not failures(checks)
    assert {check.asset for check in checks} == {f"raw/{kind}" for kind in RAW}


def test_clean_marts_pass(judge_marts: Judge) -> None:
    checks = judge_marts({})
    assert not failures(checks)
    assert {check.asset for check in checks} == {f"marts/{mart}" for mart in MARTS}


def test_every_raw_suite_refuses_its_defects(judge_raw: Judge) -> None:
    refused = broken(judge_raw, RAW_DEFECTS)
    for kind, (_, sentences) in RAW_DEFECTS.items():
        assert set(sentences) <= refused.get(kind, set()), kind


def test_every_mart_suite_refuses_its_defects(judge_marts: Judge) -> None:
    refused = broken(judge_marts, MART_DEFECTS)
    for mart, (_, sentences) in MART_DEFECTS.items():
        assert set(sentences) <= refused.get(mart, set()), mart


def test_marts_that_lost_their_rows_are_refused(judge_marts: Judge) -> None:
    upstream = {"touchpoints", "stage_entries", "stage_transitions"}
    lost = [mart for mart in MARTS if mart not in upstream]
    checks = judge_marts({mart: [f"delete from marts.{mart}"] for mart in lost})
    refused = {check.asset for check in refusals(checks)}
    # Nothing is complete once cohort_retention is empty, so nothing need be weighed.
    assert refused >= {f"marts/{mart}" for mart in lost} - {
        "marts/cohort_retention",
        "marts/cohort_retention_overall",
    }


def test_results_and_their_page_hold_no_value_of_a_row(judge_raw: Judge) -> None:
    value = "zz-planted-zz"
    planted = f"update arrived set event_name = '{value}', page_url = '{value}'"
    found = judge_raw({"web_events": [planted]})
    suites = suites_of("raw").values()
    page = checks_page.render("run", found, suites)
    assert all(f'id="raw/{kind}"' in page for kind in KINDS)
    assert value not in page
    assert value not in repr(found)
