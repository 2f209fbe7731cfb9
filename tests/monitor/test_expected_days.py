"""Which days are worth an alert: of shops that are well none, and every collapse of a figure."""

from collections import Counter
from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest

from journey import monitor
from journey.monitor import days
from journey.monitor.days import UnusualDays
from tests.conftest import SHARED_DATA
from tests.monitor.conftest import AS_OF, PublishedRuns

FIRST = date(2026, 1, 1)
RATES = {"direct": 0.3, "recognised": 0.3, "country": 0.98, "device": 1.0}
Row = tuple[str, int | None, str, date, float, int]


def figures_of_a_shop(seed: int, scale: int, unrest: float, count: int) -> list[Row]:
    """Days of a shop as they are when nothing breaks: weekdays and hours of their own, growth,
    campaigns (days above what chance gives), orders of very different worth."""
    chance = np.random.default_rng(seed)
    weekdays = np.exp(chance.normal(0, 0.25, 7))
    hours = np.clip(np.sin((np.arange(24) - 8) / 12 * np.pi) + 1.1, 0.05, None)
    rows: list[Row] = []
    for number in range(count):
        day = FIRST + timedelta(days=number)
        level = scale * weekdays[day.weekday()] * np.exp(0.002 * number + chance.normal(0, unrest))
        cells = chance.poisson(level / hours.sum() * hours * np.exp(chance.normal(0, 0.1, 24)))
        rows.append(("volume", None, "count", day, float(cells.sum()), int(cells.sum())))
        rows += [("hourly", hour, "count", day, float(n), int(n)) for hour, n in enumerate(cells)]
        visits = max(int(cells.sum()) // 5, 1)
        for figure, share in RATES.items():
            odds = share / (1 - share) * np.exp(chance.normal(0, 0.15)) if share < 1 else np.inf
            found = chance.binomial(visits, odds / (1 + odds) if share < 1 else 1)
            rows.append((figure, None, "rate", day, found / visits, visits))
        orders = chance.poisson(visits / 10)
        if orders:
            worth = chance.lognormal(4, 1, orders) * (chance.random(orders) < 0.97)
            rows.append(("worth", None, "amount", day, float(worth.mean()), int(orders)))
            rows.append(("paid", None, "rate", day, float((worth > 0).mean()), int(orders)))
    return rows


def judged(rows: list[Row], as_of: date, reported: int = days.REPORTED_DAYS) -> list[UnusualDays]:
    with duckdb.connect() as connection:
        for name, value in {
            "as_of": datetime(as_of.year, as_of.month, as_of.day),
            "reported_days": reported,
            "min_history": 7,
            "mad_threshold": 5,
            "min_sample": 30,
            "min_orders": days.MIN_ORDERS,
            "standard_errors": days.STANDARD_ERRORS,
        }.items():
            connection.execute(f"set variable {name} = $value", {"value": value})
        connection.execute(f"create temp table days ({days.TABLE})")
        names = ("figure", "part", "unit", "day", "value", "size")
        given = pd.DataFrame(rows, columns=names)
        connection.register("given", given)
        connection.execute("insert into days by name select * from given")
        return days.judged_days(connection)


def test_shops_that_are_well_give_fewer_than_one_alert_in_300_runs() -> None:
    """Also with days far above and below what chance gives. Each day but the first 30 is a run."""
    alerts: Counter[str] = Counter()
    runs = 0
    for seed in range(8):
        scale, unrest = (300, 1000, 5000, 30_000)[seed % 4], (0.05, 0.15, 0.3)[seed % 3]
        rows = figures_of_a_shop(seed, scale, unrest, count=150)
        found = judged(rows, FIRST + timedelta(days=150), reported=120)
        alerts.update(one.figure for one in found)
        runs += 120
    assert alerts.total() * 300 <= runs, (alerts, runs)


def test_each_figure_that_collapses_is_reported_from_its_first_day() -> None:
    shop = [row for row in figures_of_a_shop(1, 3000, 0.15, count=90) if row[1] is None]
    broken = FIRST + timedelta(days=85)
    changes = {"worth": 0.05, "paid": 0.3, "recognised": 0.0, "direct": 0.8, "country": 0.4}
    changes |= {"device": 0.9, "volume": 0.1}
    for figure, factor in changes.items():
        rows = [
            (name, part, unit, day, value * factor, size)
            if name == figure and day >= broken and unit != "rate"
            else (name, part, unit, day, factor, size)
            if name == figure and day >= broken
            else (name, part, unit, day, value, size)
            for name, part, unit, day, value, size in shop
        ]
        found = {one.figure: one.since for one in judged(rows, FIRST + timedelta(days=90))}
        assert found == {figure: broken}, figure


def test_hours_that_are_missing_are_named() -> None:
    rows = [
        (name, part, unit, day, 0.0, 0)
        if name == "hourly" and day.day == 31 and part in (12, 13)
        else (name, part, unit, day, value, size)
        for name, part, unit, day, value, size in figures_of_a_shop(3, 5000, 0.1, count=90)
    ]
    (found,) = judged(rows, date(2026, 4, 1))
    assert (found.figure, found.part, found.parts, found.value) == ("hourly", 12, 2, 0)
    assert "hourly at 12 h was 0 on Tuesday 2026-03-31, usually" in found.sentence
    assert "and so are 1 more hours" in found.sentence


def test_a_quiet_weekday_is_expected_where_it_is_quiet_each_week() -> None:
    rows: list[Row] = []
    for number in range(70):
        day = FIRST + timedelta(days=number)
        value = 20.0 if day.weekday() == 6 else 1000.0
        rows.append(("volume", None, "count", day, value + number % 3, int(value)))
    assert judged(rows, FIRST + timedelta(days=70)) == []
    quiet = [(*row[:4], 20.0, 20) if row[3] == FIRST + timedelta(days=68) else row for row in rows]
    (found,) = judged(quiet, FIRST + timedelta(days=70))
    assert found.since == FIRST + timedelta(days=68)


@pytest.mark.parametrize("size", [2, 14], ids=["two orders", "fourteen orders"])
def test_few_orders_say_little(size: int) -> None:
    rows: list[Row] = [
        ("worth", None, "amount", FIRST + timedelta(days=number), 50.0 + number % 5, size)
        for number in range(40)
    ]
    rows[-1] = (*rows[-1][:4], 0.0, size)
    assert len(judged(rows, FIRST + timedelta(days=40))) == (size == 14)


REVENUE_COLLAPSES = """
insert into marts.orders
select 'site', day, true, case when day >= date '2021-01-26' then 0 else 60 + hash(day, n) % 30 end
from (select cast(range as date) as day from range(date '2020-12-01', date '2021-02-01',
    interval 1 day)), range(14) as numbers (n);
"""


def test_revenue_that_collapses_while_orders_go_on_is_reported_once(runs: PublishedRuns) -> None:
    """As in Google's store on 26 to 31 January 2021: orders that are worth nothing."""
    version = runs.publish(REVENUE_COLLAPSES, as_of=datetime(2021, 2, 1, tzinfo=AS_OF.tzinfo))
    alerts = monitor.judge(runs.settings, version).moved
    assert [alert.event for alert in alerts] == [
        "day/revenue per order of site/2021-01-26",
        "day/share of orders with revenue of site/2021-01-26",
    ]
    assert "was 0.00 on Sunday 2021-01-31, usually" in alerts[0].sentence
    again = runs.publish(REVENUE_COLLAPSES, as_of=datetime(2021, 2, 2, tzinfo=AS_OF.tzinfo))
    repeated = monitor.judge(runs.settings, again).moved
    assert [alert.event for alert in repeated] == [alert.event for alert in alerts]


def test_the_collapse_of_google_s_store_is_reported(runs: PublishedRuns) -> None:
    """Its revenue of 26 to 31 January 2021, where the days of that month are beside the clone."""
    files = SHARED_DATA / "ga4" / "events_202101*.parquet"
    if len(list(files.parent.glob("events_202101[23]*.parquet"))) < 12:
        pytest.skip(f"{files}: the days from 20 to 31 January are not there")
    version = runs.publish(
        f"""insert into marts.orders
        select 'site', strptime(event_date, '%Y%m%d')::date, true,
            coalesce(ecommerce.purchase_revenue, 0)
        from '{files}' where event_name = 'purchase'""",
        as_of=datetime(2021, 2, 1, tzinfo=AS_OF.tzinfo),
    )
    events = [alert.event for alert in monitor.judge(runs.settings, version).moved]
    assert "day/revenue per order of site/2021-01-26" in events


SILENCE = """
insert into marts.touchpoints
select 'orders:' || source || ':' || day || n, 'own_customer', day + interval 12 hour, null, null,
    null
from (select cast(range as date) as day from range(date '2026-01-01', date '2026-03-01',
    interval 1 day)),
    (values ('shop'), ('till'), ('fair')) as sources (source), range(3) as numbers (n)
where not (source = 'till' and day > date '2026-02-20')
    and not (source = 'fair' and (day > date '2026-02-20' or day(day) between 5 and 12));
"""


def test_a_source_that_falls_silent_is_reported_unless_it_often_is(runs: PublishedRuns) -> None:
    version = runs.publish(SILENCE)
    assert monitor.silent_sources(runs.settings, version) == [
        monitor.Silent("till", date(2026, 2, 20), silence=8, longest_silence=0)
    ]
    (alert,) = monitor.judge(runs.settings, version).moved
    assert alert.event == "silent/till/2026-02-20"


WEB = """
insert into marts.touchpoints
select 'email_events:mail:' || n, 'own_email', timestamp '2026-02-27 12:00:00', null, null, null
from range(900) as mails (n);
insert into marts.touchpoints
select 'web_events:site:' || day || n, if(n % 4 = 0, 'device_before', 'device_after'),
    day + interval 23 hour + interval 30 minute, if(day = date '2026-02-28', null, 'mobile'), 'GB',
    day || '#' || n
from (select cast(range as date) as day from range(date '2026-01-01', date '2026-03-01',
    interval 1 day)), range(80) as numbers (n);
insert into marts.visits
select visit_id, if(split_part(visit_id, '#', 2)::int % 2 = 0, 'direct', 'email')
from marts.touchpoints;
"""


def test_visits_are_measured_by_source_and_day_of_the_reporting_time_zone(
    runs: PublishedRuns,
) -> None:
    version = runs.publish(WEB)
    (found,) = monitor.unusual_days(runs.settings, version)
    assert found.figure == "share of visits with a device of site"
    assert (found.since, found.value) == (date(2026, 2, 28), 0.0)
    home = runs.settings
    moved = type(home).load(home.config_file, home.data_dir, reporting_time_zone="Asia/Tokyo")
    (found,) = monitor.unusual_days(moved, runs.publish(WEB, AS_OF + timedelta(days=1)))
    assert found.since == date(2026, 3, 1)


def test_consent_is_measured_of_customers_who_acted_lately(
    runs: PublishedRuns, monkeypatch
) -> None:
    monkeypatch.setattr("journey.monitor.history.METRICS", days.HERE / "metrics")
    version = runs.publish(
        """insert into marts.people values
            ('cust:1', '2026-02-20', true), ('cust:2', '2026-02-20', false),
            ('cust:3', '2026-02-20', false), ('cust:4', '2026-02-20', null),
            ('anon:1', '2026-02-20', null), ('cust:5', '2025-02-20', true)"""
    )
    figures = {found.figure: found for found in monitor.figures_of(runs.settings, version)}
    assert figures["consent of customers"] == monitor.Figure("consent of customers", 1 / 3, 3)
    assert figures["customers with a known consent"].value == 0.75
