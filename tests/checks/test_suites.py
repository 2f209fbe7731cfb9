"""Every suite lets a clean table pass and refuses one with a planted defect.

The defects are all planted at once, so that the checks run once for the clean and once for the
broken tables. Which check must notice is named for each defect; what dbt's tests notice is tried
in `test_rules_held_by_dbt`.
"""

import shutil
from collections.abc import Callable, Mapping

import pytest

from journey.checks import SUITES_DIR, blocking_failures, suites_of, validate
from journey.core.checks import Check
from journey.core.settings import KINDS, Settings
from journey.pages import checks as checks_page
from tests.checks.defects import Defects
from tests.checks.mart_defects import MART_DEFECTS, ROWS_HELD_BY_DBT
from tests.small_warehouse import MARTS, RAW, build_marts, write_arrived

# Of each table: what is made wrong, and the sentences that must then be refused.
RAW_DEFECTS: Mapping[str, Defects] = {
    "web_events": Defects(
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
    "email_events": Defects(
        ["update arrived set event_name = 'Read it', email_key = null"],
        [
            "Event names are in snake case",
            "Every event names an address, a customer or a device",
        ],
    ),
    "orders": Defects(
        ["update arrived set status = 'Is open', currency = 'pounds', net_amount = null"],
        [
            "Every order has a status, in snake case",
            "Currencies are ISO codes",
            "Every order has an amount",
        ],
    ),
    "refunds": Defects(
        ["update arrived set amount = -2, order_id = null"],
        ["Amounts are not negative", "Every refund names its order"],
    ),
    "feedback": Defects(
        ["update arrived set score = 11"], ["Scores are on the scale of their kind"]
    ),
    "referrals": Defects(
        ["update arrived set referred_customer_id = null"],
        ["Every referral names whom it referred"],
    ),
    "support_tickets": Defects(
        ["update arrived set opened_at = null"], ["Every ticket has an instant"]
    ),
    "interactions": Defects(
        [
            "update arrived set channel = 'fax', event_name = 'Came in', direction = 'both',"
            " customer_id = null, topic = 'asked by a@b.example'"
        ],
        [
            "Channels are those of the contract",
            "Event names are in snake case",
            "Every interaction is inbound or outbound",
            "Every interaction names a customer, an address or a device",
            "No address entered the warehouse",
        ],
    ),
    "customers": Defects(
        ["insert into arrived from arrived", "update arrived set customer_id = 'a@b.example'"],
        ["A key arrives once, but for restatements", "No address entered the warehouse"],
    ),
    "ad_spend": Defects(
        ["insert into arrived from arrived"],
        ["A day, channel and campaign arrive once, but for restatements"],
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
    shutil.copy(SUITES_DIR / "parameters.yml", suites_dir)

    def judge(changes: dict[str, list[str]]) -> list[Check]:
        statements = [statement for listed in changes.values() for statement in listed]
        build_marts(settings.warehouse_path, *statements)
        return validate(settings, "marts", MARTS, suites_dir=suites_dir)

    return judge


def failures(checks: list[Check]) -> list[str]:
    return [f"{check.asset}: {check.expected}" for check in checks if not check.is_passed]


def broken(judge: Judge, defects: Mapping[str, Defects]) -> dict[str, set]:
    """The sentences that refuse each table when every defect is planted."""
    checks = judge({table: found.changes for table, found in defects.items()})
    refused: dict[str, set] = {}
    for check in blocking_failures(checks):
        refused.setdefault(check.asset.split("/")[1], set()).add(check.expected)
    return refused


def test_every_kind_has_a_suite_and_every_defect_a_table() -> None:
    assert set(suites_of("raw")) == set(KINDS)
    assert set(RAW) == set(RAW_DEFECTS)
    assert set(MARTS) == set(MART_DEFECTS)


@pytest.mark.parametrize("layer", ["raw", "marts"])
def test_every_sentence_is_short(layer: str) -> None:
    for suite in suites_of(layer).values():
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
    for kind, defects in RAW_DEFECTS.items():
        assert set(defects.sentences) <= refused.get(kind, set()), kind


def test_every_mart_suite_refuses_its_defects(judge_marts: Judge) -> None:
    refused = broken(judge_marts, MART_DEFECTS)
    for mart, defects in MART_DEFECTS.items():
        assert set(defects.sentences) <= refused.get(mart, set()), mart


def test_marts_that_lost_their_rows_are_refused(judge_marts: Judge) -> None:
    upstream = {"touchpoints", "stage_entries", "stage_transitions"}
    lost = [mart for mart in MARTS if mart not in upstream | set(ROWS_HELD_BY_DBT)]
    checks = judge_marts({mart: [f"delete from marts.{mart}"] for mart in lost})
    refused = {check.asset for check in blocking_failures(checks)}
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
