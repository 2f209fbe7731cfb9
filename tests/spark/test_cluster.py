"""The same tables from a cluster: a whole run with `engine = "spark"`, held against DuckDB's build.

`make test-spark` starts a cluster on this machine and runs these.
"""

import os
import shutil
from collections.abc import Iterator

import duckdb
import pytest

from journey.core.sql import text
from tests.conftest import REPO, make_shop
from tests.dbt_build import build
from tests.spark.deliveries import SOURCES, write

pytestmark = [
    pytest.mark.timeout(3000),
    pytest.mark.skipif(
        "JOURNEY_TEST_SPARK" not in os.environ,
        reason="needs a Spark cluster; `make test-spark` starts one and runs this",
    ),
]

# Of each shop: settings, the simulation, and how many events the busy device has.
SHOPS = {
    "orders, west of UTC": (
        'reporting_time_zone = "America/New_York"\n',
        ("--people", "120", "--days", "40"),
        1500,
    ),
    "web purchases, east of UTC": (
        'reporting_time_zone = "Asia/Kolkata"\norders_from = "web"\nstage_models = ["digital"]\n',
        ("--people", "40", "--days", "8"),
        400,
    ),
}


@pytest.fixture(scope="module", params=SHOPS)
def engines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A connection to what the cluster built and what DuckDB built of the same files."""
    settings, size, busy_events = SHOPS[request.param]
    home = tmp_path_factory.mktemp("shop")
    config = home / "journey.toml"
    shipped = (REPO / "journey.toml").read_text(encoding="utf-8")
    config.write_text(f"{settings}{shipped}{SOURCES}", encoding="utf-8")
    shutil.copytree(REPO / "seeds", home / "seeds")  # DuckDB's build below takes the clone's
    shop = make_shop(home, config=config, env={"JOURNEY_ENGINE": "spark"}, patience=1400)
    simulated = shop.journey("simulate", *size, "--end-date", "2026-11-20")
    assert simulated.returncode == 0, simulated.stderr
    write(shop.data_dir / "landing", busy_events)
    done = shop.journey("run")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (shop.published / "current.duckdb").exists()

    warehouse, of_spark = shop.data_dir / "warehouse.duckdb", home / "spark.duckdb"
    shutil.move(warehouse, of_spark)
    build(shop.data_dir, "--exclude-resource-type", "unit_test")
    with duckdb.connect() as connection:
        for name, path in (("spark", of_spark), ("duckdb", warehouse)):
            connection.execute(f"attach {text(str(path))} as {name} (read_only)")
        yield connection


def marts(connection: duckdb.DuckDBPyConnection, engine: str) -> dict[str, list[tuple[str, ...]]]:
    """By mart: its columns, each with its type and what is said of it, in their order."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for mart, *column in connection.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns()"
        f" where database_name = '{engine}' and schema_name = 'marts'"
        " order by table_name, column_index"
    ).fetchall():
        found.setdefault(mart, []).append(tuple(column))
    return found


def test_every_mart_has_the_same_columns_of_the_same_types(
    engines: duckdb.DuckDBPyConnection,
) -> None:
    assert marts(engines, "spark") == marts(engines, "duckdb")


def test_every_mart_has_the_same_rows(engines: duckdb.DuckDBPyConnection) -> None:
    """As multisets, each value as it is: nothing is rounded and nothing is near enough."""
    differing = {}
    for mart in marts(engines, "duckdb"):
        sides = [f"select * from {engine}.marts.{mart}" for engine in ("spark", "duckdb")]
        missing, more = (
            engines.execute(f"{one} except all {other}").fetchall()[:3]
            for one, other in (sides[::-1], sides)
        )
        if missing or more:
            differing[mart] = {"missing on Spark": missing, "only on Spark": more}
    assert not differing


def test_what_is_compared_is_there(engines: duckdb.DuckDBPyConnection) -> None:
    """The busy device, versions and other scripts are in what was held equal."""
    for condition in (
        "avg(case when anonymous_id = 'busy' then 1 else 0 end) >= 0.1 from duckdb.raw.web_events",
        "count(*) > 0 from duckdb.raw.orders where is_restatement",
        "count(*) > 0 from duckdb.marts.touchpoints where regexp_matches(campaign, '[^ -~]')",
    ):
        assert engines.execute(f"select {condition}").fetchall() == [(True,)], condition
