"""Exports that no one here wrote, from landing to published marts."""

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.conftest import SHARED_DATA, Shop, make_shop

# Whole runs, which take minutes.
pytestmark = pytest.mark.slow

GA4 = SHARED_DATA / "ga4"
RETAIL = SHARED_DATA / "online_retail"

UCI_TOML = """
reporting_currency = "GBP"

[[sources]]
name = "uci"
kind = "orders"
format = "mapped"
path = "{path}"
where = "InvoiceNo not like 'C%' and CustomerID is not null and Quantity > 0 and UnitPrice > 0"
group_by = ["order_id"]
[sources.columns]
order_id = "InvoiceNo"
ordered_at = "min(InvoiceDate)"
customer_id = "any_value(cast(cast(CustomerID as bigint) as varchar))"
net_amount = "sum(Quantity * UnitPrice)"
currency = "'GBP'"
"""

GA4_TOML = """
reporting_currency = "USD"
orders_from = "web"

[[sources]]
name = "store"
kind = "web_events"
format = "ga4"
path = "{path}"
"""


def published(home: Path, toml: str, path: str) -> duckdb.DuckDBPyConnection:
    home.mkdir()
    config = home / "journey.toml"
    config.write_text(toml.format(path=path))
    shop: Shop = make_shop(home, config=config)
    done = shop.run()
    assert done.returncode == 0, done.stdout + done.stderr
    return duckdb.connect(str(shop.published / "current.duckdb"), read_only=True)


@pytest.mark.long
@pytest.mark.skipif(not RETAIL.exists(), reason="UCI Online Retail is not beside this checkout")
def test_uci_online_retail_gives_all_published_cohorts(tmp_path: Path) -> None:
    marts = published(tmp_path / "uci", UCI_TOML, f"{RETAIL}/uci_online_retail_2010_2011.parquet")
    found = {
        (cohort, period): people
        for cohort, period, people in marts.execute(
            """
            select cohort_start, period_number, active_people
            from marts.cohort_retention as retention
            where cohort_basis = 'first_order' and activity = 'order' and grain = 'month'
                and retention.window = 'calendar' and segment_type = 'all'
            """
        ).fetchall()
    }
    with open(RETAIL / "published_cohorts.csv", newline="") as file:
        expected = {
            (date.fromisoformat(f"{row['cohort']}-01"), int(row["month_index"])): int(
                row["customers"]
            )
            for row in csv.DictReader(file)
        }
    assert len(expected) == 91
    assert {cell: found.get(cell) for cell in expected} == expected
    assert (
        marts.execute("select sum(net_revenue) from marts.people").fetchone()[0]
        == marts.execute(
            "select sum(net_revenue) from marts.cohort_retention as retention "
            "where cohort_basis = 'first_order' and activity = 'order' and grain = 'month' "
            "and retention.window = 'calendar' and segment_type = 'all'"
        ).fetchone()[0]
    )


@pytest.mark.long
@pytest.mark.skipif(not GA4.exists(), reason="the GA4 sample is not beside this checkout")
def test_ga4_days_become_marts_with_web_orders(tmp_path: Path) -> None:
    pattern = f"{GA4}/events_{{date:%Y%m%d}}.parquet"
    marts = published(tmp_path / "ga4", GA4_TOML, pattern)
    ((delivered, purchases, people),) = duckdb.sql(
        f"""
        select
            count(*),
            count(distinct coalesce(
                nullif(nullif(ecommerce.transaction_id, '(not set)'), ''),
                user_pseudo_id || event_timestamp
            )) filter (where event_name = 'purchase'),
            count(distinct user_pseudo_id)
        from read_parquet('{GA4}/*.parquet')
        """
    ).fetchall()
    web = marts.execute(
        "select count(*) from marts.touchpoints where touchpoint like 'web:%'"
    ).fetchone()[0]
    orders = marts.execute(
        "select count(*) from marts.touchpoints where touchpoint = 'order:placed'"
    ).fetchone()[0]
    assert web == delivered
    assert orders == purchases
    assert (
        marts.execute("select count(distinct person_id) from marts.touchpoints").fetchone()[0]
        == people
    )
    assert marts.execute("select max(as_of) from marts.stage_occupancy").fetchone()[
        0
    ].date() == date(2021, 1, 4)
    bought, entered = marts.execute(
        """
        select
            (select count(*) from marts.people where order_count > 0),
            (select count(distinct person_id) from marts.stage_entries where stage = 'purchase')
        """
    ).fetchone()
    assert bought == entered > 0
