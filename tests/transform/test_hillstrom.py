"""Kevin Hillstrom's e-mail test of 2008, from its file to `experiment_results`.

The file has one row a customer, no id and no dates. The row's number is the customer's, and the
source mapping assigns the dates: all people's variant on 1 March 2008, a visit a day later, a
purchase an hour after that. They are labelled so in the mapping and mean nothing beyond the test.
"""

from pathlib import Path

import duckdb
import pytest

from journey import ingest
from journey.core.settings import Settings
from tests.conftest import SHARED_DATA
from tests.dbt_build import build, write_inputs

pytestmark = pytest.mark.slow

FILE = SHARED_DATA / "hillstrom" / "hillstrom.csv"

TOML = """
reporting_currency = "USD"

[[sources]]
name = "assignment"
kind = "email_events"
format = "mapped"
path = "{path}"
[sources.columns]
event_id = "'assigned ' || _row"
customer_id = "'customer ' || _row"
occurred_at = "timestamp '2008-03-01 12:00'"   # assigned
event_name = "if(segment = 'No E-Mail', 'dropped', 'sent')"
experiment = "'march_email'"
variant = "if(segment = 'No E-Mail', 'control', segment)"

[[sources]]
name = "visits"
kind = "web_events"
format = "mapped"
path = "{path}"
where = "visit = 1"
[sources.columns]
event_id = "'visit ' || _row"
customer_id = "'customer ' || _row"
occurred_at = "timestamp '2008-03-02 12:00'"   # assigned
event_name = "'page_view'"

[[sources]]
name = "purchases"
kind = "orders"
format = "mapped"
path = "{path}"
where = "conversion = 1"
[sources.columns]
order_id = "'order ' || _row"
customer_id = "'customer ' || _row"
ordered_at = "timestamp '2008-03-02 13:00'"    # assigned
net_amount = "spend"
currency = "'USD'"
"""

# Published with the data: people, visits, conversions, spend.
PUBLISHED = {
    "Mens E-Mail": (21_307, 3_894, 267, 30_311.69),
    "Womens E-Mail": (21_387, 3_238, 189, 23_038.11),
    "control": (21_306, 2_262, 122, 13_908.33),
}
# Lift of conversion in points and its 95 % interval.
LIFTS = {"Mens E-Mail": (0.681, 0.500, 0.861), "Womens E-Mail": (0.311, 0.150, 0.472)}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict]:
    if not FILE.exists():
        pytest.skip("Hillstrom's e-mail test is not beside this checkout")
    home: Path = tmp_path_factory.mktemp("hillstrom")
    config = home / "journey.toml"
    config.write_text(TOML.format(path=FILE))
    settings = Settings.load(config, home / "data", as_of="2008-03-20T00:00:00Z")
    for kind in settings.kinds:
        with ingest.prepare(settings, kind, run_id="hillstrom") as pending:
            pending.commit()
    write_inputs(settings, "hillstrom")
    chosen = ("--select", "+experiment_results", "--indirect-selection", "buildable")
    build(settings.data_dir, *chosen, "--exclude-resource-type", "unit_test")
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        found = connection.execute("select * from marts.experiment_results")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(row["metric"], row["variant"]): row for row in rows}


@pytest.mark.parametrize("variant", PUBLISHED)
def test_counts_and_spend_are_those_published(results: dict, variant: str) -> None:
    people, *sums = PUBLISHED[variant]
    for metric, total in zip(("visit", "conversion", "revenue"), sums, strict=True):
        found = results[metric, variant]
        assert found["people"] == people
        assert found["mean"] * people == pytest.approx(total, abs=0.005)


@pytest.mark.parametrize("variant", LIFTS)
def test_lifts_and_intervals_are_those_published(results: dict, variant: str) -> None:
    found = results["conversion", variant]
    in_points = [100 * found[column] for column in ("lift", "ci_low", "ci_high")]
    assert in_points == pytest.approx(LIFTS[variant], abs=0.0005)
    assert results["conversion", "control"]["lift"] is None


def test_people_are_spread_as_equal_shares_would_have_it(results: dict) -> None:
    assert {round(row["share_ratio_p"], 3) for row in results.values()} == {0.904}
