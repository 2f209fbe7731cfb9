"""Deliveries that are rows of a real PostgreSQL: each lands once, whatever ends a run."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from journey import ingest
from journey.core.errors import ConfigurationError
from journey.ingest import sources
from tests.conftest import REPO
from tests.ingest.conftest import EMAIL_KEY, TODAY, Warehouse, planned
from tests.ingest.elsewhere import wire
from tests.ingest.postgresql import PASSWORD, execute, postgresql
from tests.messages import assert_says

QUERY = """
select id as order_id, at as ordered_at, customer_id, net as net_amount, 'EUR' as currency,
    changed_at
from orders;
"""
COLUMNS = {
    name: name for name in ("order_id", "ordered_at", "customer_id", "net_amount", "currency")
}
FETCH = """
import sys
from pathlib import Path
from journey.ingest import sources
from tests.ingest.conftest import TODAY, Warehouse
shop = Warehouse(Path(sys.argv[1]))
shop.source("orders", "mapped", database=sys.argv[2], path=sys.argv[3], query=sys.argv[4],
    watermark=sys.argv[5] or None)
sources.fetch(shop.settings, today=TODAY)
"""
LANDED = "landing/fetched/database/orders"


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with postgresql() as port:
        yield port


@pytest.fixture
def database(server: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """With an empty table of orders, and its password in the environment."""
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    execute(
        server,
        "drop table if exists orders",
        "create table orders (id int, at timestamptz, customer_id text, net numeric(18, 2),"
        " changed_at timestamp)",
    )
    return server


def put(port: int, *ids: int, at: int, net: int = 10) -> None:
    """Orders that are changed at a minute of a day."""
    rows = ", ".join(
        f"({n}, '2026-02-01 09:00+00', 'c{n}', {net}, '2026-02-03 12:{at:02}:00.123456')"
        for n in ids
    )
    execute(port, f"insert into orders values {rows}")


def address_of(port: int) -> str:
    return f"postgresql://shop:${{SHOP_PASSWORD}}@127.0.0.1:{port}/postgres"


def shop_of(
    warehouse: Warehouse, port: int, query: str = QUERY, watermark: str | None = "changed_at"
) -> Warehouse:
    source = {"database": address_of(port), "query": query, "watermark": watermark}
    warehouse.source("orders", "mapped", columns=COLUMNS, path=f"{LANDED}/*.parquet", **source)
    return warehouse


def fetch(shop: Warehouse, *dates: date) -> list[sources.Unreached]:
    return sources.fetch(shop.settings, *dates, today=TODAY)


def landed(shop: Warehouse) -> list[list[str]]:
    """The orders of each file that landed."""
    return [
        [
            key
            for (key,) in shop.query(
                f"select order_id::text from read_parquet('{path}') order by order_id"
            )
        ]
        for path in sorted((shop.data_dir / LANDED).glob("*.parquet"))
    ]


def kept(shop: Warehouse) -> list[tuple[str, int]]:
    return shop.rows("orders", "order_id, net_amount::int")


def outcomes(pending: ingest.PendingLoad) -> dict[str, int]:
    counts = pending.counts()
    return {name: counts[name] for name in ("loaded", "duplicate", "restated", "quarantined")}


def test_each_run_lands_what_is_new_in_a_file_of_its_own(warehouse, database) -> None:
    shop = shop_of(warehouse, database)
    put(database, 1, 2, at=1)
    assert fetch(shop) == []
    put(database, 3, at=2)
    assert fetch(shop) == []
    assert landed(shop) == [["1", "2"], ["3"]]
    assert outcomes(shop.load("orders")) == {
        "loaded": 3,
        "duplicate": 0,
        "restated": 0,
        "quarantined": 0,
    }
    assert kept(shop) == [("1", 10), ("2", 10), ("3", 10)]


def test_without_anything_new_no_file_lands(warehouse, database) -> None:
    shop = shop_of(warehouse, database)
    put(database, 1, at=1)
    fetch(shop)
    fetch(shop)
    assert landed(shop) == [["1"]]


def test_a_row_that_comes_late_with_an_equal_watermark_lands_alone(warehouse, database) -> None:
    shop = shop_of(warehouse, database)
    put(database, 1, 2, at=1)
    fetch(shop)
    put(database, 3, at=1)
    put(database, 1, at=1)  # the same row once more is another row
    fetch(shop)
    assert landed(shop) == [["1", "2"], ["1", "3"]]
    execute(database, "update orders set net = 11 where id = 2")
    fetch(shop)
    assert landed(shop)[2:] == [["2"]]


def test_rows_without_a_watermark_land_once(warehouse, database) -> None:
    shop = shop_of(warehouse, database)
    execute(database, "insert into orders values (1, '2026-02-01', 'c1', 5, null)")
    fetch(shop)
    fetch(shop)
    execute(database, "insert into orders values (2, '2026-02-01', 'c2', 5, null)")
    put(database, 3, at=1)
    fetch(shop)
    fetch(shop)
    assert landed(shop) == [["1"], ["2", "3"]]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("int", ("7", "30")),
        ("date", ("'2026-02-07'", "'2026-02-30'::text::date - 1")),
        ("timestamptz", ("'2026-02-07 01:00+02'", "'2026-02-07 00:00+00'")),
    ],
)
def test_a_watermark_may_be_a_number_or_any_kind_of_time(
    warehouse, database, column: str, values: tuple[str, str]
) -> None:
    shop = shop_of(warehouse, database, QUERY.replace("changed_at", "mark"), "mark")
    execute(database, f"alter table orders add column mark {column}")
    values = (values[0], values[1].replace("'2026-02-30'::text::date - 1", "'2026-02-28'"))
    for number, value in enumerate(values, start=1):
        execute(
            database,
            f"insert into orders values ({number}, '2026-02-01', 'c', 5, null, {value})",
        )
        fetch(shop)
        fetch(shop)
    assert landed(shop) == [["1"], ["2"]]


def test_what_landed_and_was_not_taken_is_loaded_by_the_next_run(warehouse, database) -> None:
    """As after a gate that failed: the watermark has gone on, and so have the rows."""
    shop = shop_of(warehouse, database)
    put(database, 1, at=1)
    fetch(shop)
    with shop.prepare("orders") as pending:
        pending.discard()
    put(database, 2, at=2)
    fetch(shop)
    shop.load("orders")
    assert kept(shop) == [("1", 10), ("2", 10)]
    assert planned(shop) == []


def test_without_a_watermark_what_is_there_now_counts(warehouse, database) -> None:
    shop = shop_of(warehouse, database, watermark=None)
    put(database, 1, 2, at=1)
    fetch(shop)
    shop.load("orders")
    before = (shop.data_dir / LANDED / "000001.parquet").stat().st_ino
    fetch(shop)
    assert (shop.data_dir / LANDED / "000001.parquet").stat().st_ino == before
    execute(database, "delete from orders where id = 1", "update orders set net = 12 where id = 2")
    put(database, 3, at=1)
    fetch(shop)
    assert landed(shop) == [["2", "3"]]
    pending = shop.load("orders")
    assert [gone.rows for gone in pending.withdrawn] == [1]
    assert kept(shop) == [("2", 12), ("3", 10)]


@pytest.mark.parametrize("watermark", ["changed_at", None])
def test_another_query_is_read_from_the_start_and_takes_the_place_of_the_one_before(
    warehouse, database, watermark: str | None
) -> None:
    shop = shop_of(warehouse, database)
    for number in (1, 2, 3):
        put(database, number, at=number)
        fetch(shop)
    shop.load("orders")
    shop_of(warehouse, database, QUERY.replace(";", " where id <> 2"), watermark)
    fetch(shop)
    assert landed(shop) == [[], [], [], ["1", "3"]]
    shop.load("orders")
    assert kept(shop) == [("1", 10), ("3", 10)]
    ingest.reset(shop.settings)
    shop.load("orders")
    assert kept(shop) == [("1", 10), ("3", 10)]


def test_a_database_that_is_cut_in_the_middle_loses_and_repeats_nothing(
    warehouse, database
) -> None:
    with wire(database) as line:
        shop = shop_of(warehouse, line.port)
        put(database, 1, at=1)
        fetch(shop)
        put(database, *range(2, 20_000), at=2)
        line.cut_after = 300_000
        unreached = fetch(shop)
        assert_says(unreached[0].sentence, "'orders'", "query of postgresql", "tries again")
        assert landed(shop) == [["1"]]
        line.cut_after = None
        assert fetch(shop) == []
        assert [len(keys) for keys in landed(shop)] == [1, 19_998]
        assert outcomes(shop.load("orders"))["loaded"] == 19_999


@pytest.mark.parametrize("watermark", ["changed_at", None])
def test_a_reading_that_is_killed_at_any_point_is_whole_at_the_next(
    warehouse, database, watermark: str | None
) -> None:
    shop = shop_of(warehouse, database, QUERY.replace(";", " where id < 3"), watermark)
    put(database, 1, 2, 3, at=1)
    fetch(shop)
    shop_of(warehouse, database, watermark=watermark)
    arguments = [shop.data_dir, address_of(database), f"{LANDED}/*.parquet", QUERY, watermark or ""]
    for fault in ("landing.half_written", "landing.after_rename", "landing.before_emptying"):
        done = subprocess.run(
            [sys.executable, "-c", FETCH, *arguments],
            env={**os.environ, "JOURNEY_FAULT": fault, "JOURNEY_EMAIL_KEY": EMAIL_KEY},
            cwd=REPO,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, fault
        assert (["1", "2", "3"] in landed(shop)) == (fault != "landing.half_written")
    fetch(shop)
    assert landed(shop) == [[], ["1", "2", "3"]]
    assert outcomes(shop.load("orders"))["loaded"] == 3


def test_a_run_of_past_dates_does_not_ask(warehouse, database) -> None:
    shop = shop_of(warehouse, database)
    put(database, 1, at=1)
    fetch(shop, None, TODAY - timedelta(days=2))
    assert landed(shop) == []
    yesterday = TODAY - timedelta(days=1)
    fetch(shop, yesterday, yesterday)
    assert landed(shop) == [["1"]]
    assert planned(shop, yesterday, yesterday) == [f"{LANDED}/000001.parquet"]
    assert planned(shop, None, TODAY - timedelta(days=2)) == []


@pytest.mark.parametrize(
    ("query", "watermark", "parts"),
    [
        ("select * from nowhere", None, ('relation "nowhere" does not exist', "fix it")),
        ("selec", None, ("syntax error",)),
        ("select 1 as x", "changed_at", ("gives no column 'changed_at'",)),
        ("select 'a' as mark", "mark", ("neither a time nor a whole number",)),
        ("select 1.5::numeric as mark", "mark", ("neither a time nor a whole number",)),
        ("select 2.5::money as total", None, ("column 'total'", "money", "total::numeric")),
        ("select '127.0.0.1'::inet as ip", None, ("column 'ip'", "inet", "ip::text")),
    ],
)
def test_what_a_person_has_to_put_right_is_said(warehouse, database, query, watermark, parts):
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop_of(warehouse, database, query, watermark))
    assert_says(str(raised.value), "source 'orders'", *parts)


def test_a_value_that_the_query_fails_on_costs_the_source_and_is_not_shown(
    warehouse, database
) -> None:
    put(database, 1, at=1)
    unreached = fetch(shop_of(warehouse, database, "select customer_id::int from orders", None))
    assert_says(unreached[0].sentence, "'orders'", "with an error", "the next run tries again")
    assert "c1" not in unreached[0].sentence


def test_no_secret_is_shown_where_one_is_not_let_in(warehouse, database, monkeypatch, caplog):
    monkeypatch.setenv("SHOP_PASSWORD", "of yesterday")
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop_of(warehouse, database))
    assert_says(str(raised.value), "source 'orders'", "does not let this user in")
    assert "yesterday" not in f"{raised.value} {caplog.text}"


def test_a_value_that_no_row_gives_is_said_with_its_state(warehouse, database) -> None:
    unreached = fetch(shop_of(warehouse, database, "select 1 / 0 as x", None))
    assert_says(unreached[0].sentence, "fails on a value of a row (SQLSTATE 22012)")


def test_a_query_can_change_nothing(warehouse, database) -> None:
    put(database, 1, at=1)
    with pytest.raises(ConfigurationError):
        fetch(shop_of(warehouse, database, "delete from orders returning id", None))
    fetch(shop_of(warehouse, database))
    assert landed(shop_of(warehouse, database)) == [["1"]]


def test_a_file_of_another_s_is_left_alone(warehouse, database, tmp_path: Path) -> None:
    shop = shop_of(warehouse, database)
    own = shop.data_dir / LANDED / "by hand.parquet"
    own.parent.mkdir(parents=True)
    shop.query(f"copy (select 9 as order_id) to '{own}' (format parquet)")
    put(database, 1, at=1)
    fetch(shop)
    assert landed(shop) == [["1"], ["9"]]


def test_a_database_that_is_not_there_costs_its_source_alone(warehouse, monkeypatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    unreached = fetch(shop_of(warehouse, 9))
    assert_says(unreached[0].sentence, "'orders'", "does not answer", "the next run tries again")


@pytest.mark.parametrize(
    ("scheme", "module", "extra"),
    [
        ("postgresql", "adbc_driver_postgresql", "postgresql"),
        ("snowflake", "adbc_driver_snowflake", "snowflake"),
        ("bigquery", "adbc_driver_bigquery", "bigquery"),
        ("mysql", "connectorx", "mysql"),
        ("mssql", "connectorx", "sqlserver"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(warehouse, monkeypatch, scheme, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    warehouse.source(
        "orders", path=f"{LANDED}/*.parquet", database=f"{scheme}://host/shop", query="select 1"
    )
    with pytest.raises(ConfigurationError) as raised:
        fetch(warehouse)
    assert_says(str(raised.value), f"journey-warehouse[{extra}]", "source 'orders'")
