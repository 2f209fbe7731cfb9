"""Where columns come from, read from SQL, and kept until that changes."""

import json
from pathlib import Path

import duckdb
import pytest

from journey.core import database
from journey.core.errors import ConfigurationError
from journey.core.settings import Settings
from journey.transform import lineage
from journey.transform.lineage import column_lineage, lineage_of, schema_of
from tests.conftest import Shop

SCHEMA = {
    "raw": {"orders": {"order_id": "VARCHAR", "net_amount": "DECIMAL(18,2)", "tax": "DOUBLE"}},
    "staging": {"stg_orders": {"order_id": "VARCHAR", "net_amount": "DECIMAL(18,2)"}},
    "marts": {"sales": {"order_count": "BIGINT", "revenue": "DECIMAL(38,2)", "unit": "VARCHAR"}},
    "intermediate": {"fitted": {"weight": "DOUBLE"}},
}


def model(schema: str, name: str, sql: str, language: str = "sql") -> dict:
    return {
        "resource_type": "model",
        "unique_id": f"model.{name}",
        "schema": schema,
        "config": {"schema": schema.rpartition("_")[2]},
        "name": name,
        "language": language,
        "compiled_code": sql,
        "columns": {"revenue": {"name": "revenue", "description": "Money <in>."}},
    }


MANIFEST = {
    "metadata": {"adapter_type": "duckdb"},
    "sources": {"o": {"schema": "raw", "source_name": "raw"}},
    "nodes": {
        "s": model("staging", "stg_orders", "select order_id, net_amount from raw.orders"),
        "f": model("intermediate", "fitted", "def model(): ...", "python"),
        "m": model(
            "marts",
            "sales",
            "with orders as (select * from staging.stg_orders) select count(*) as order_count,"
            " sum(orders.net_amount) as revenue, 'GBP' as unit from orders",
        ),
    },
}


def test_on_a_cluster_tables_are_called_by_their_layers() -> None:
    """There, schemas are those of a run, and SQL is Spark's."""
    sql = "select cast(o.`net_amount` as string) as net_amount from run1_raw.orders as o"
    manifest = {
        "metadata": {"adapter_type": "spark"},
        "sources": {"o": {"schema": "run1_raw", "source_name": "raw"}},
        "nodes": {"s": model("run1_staging", "stg_orders", sql)},
    }
    assert lineage_of(manifest, SCHEMA) == {
        "staging.stg_orders": {"order_id": (), "net_amount": (("raw.orders", "net_amount"),)}
    }


def test_columns_are_traced_through_the_steps_of_a_model() -> None:
    assert lineage_of(MANIFEST, SCHEMA) == {
        "staging.stg_orders": {
            "order_id": (("raw.orders", "order_id"),),
            "net_amount": (("raw.orders", "net_amount"),),
        },
        "intermediate.fitted": {"weight": ()},
        "marts.sales": {
            "order_count": (),
            "revenue": (("staging.stg_orders", "net_amount"),),
            "unit": (),
        },
    }


def test_a_model_that_the_library_cannot_read_has_no_lineage_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    odd = model("marts", "sales", "select order_count revenue unit from from")
    found = lineage_of(MANIFEST | {"nodes": MANIFEST["nodes"] | {"m": odd}}, SCHEMA)
    assert found["marts.sales"] == {"order_count": (), "revenue": (), "unit": ()}
    assert found["staging.stg_orders"]["order_id"] == (("raw.orders", "order_id"),)
    assert "marts.sales: its column lineage cannot be read" in caplog.text


@pytest.fixture
def built(tmp_path: Path) -> Settings:
    """A warehouse of the tables of SCHEMA, as a build of MANIFEST leaves it."""
    config = tmp_path / "journey.toml"
    config.write_text("")
    settings = Settings.load(config, tmp_path / "data")
    settings.dbt_target_dir.mkdir(parents=True)
    (settings.dbt_target_dir / "manifest.json").write_text(json.dumps(MANIFEST))
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        for place, tables in SCHEMA.items():
            connection.execute(f"create schema {place}")
            for table, columns in tables.items():
                listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
                connection.execute(f"create table {place}.{table} ({listed})")
    return settings


def test_lineage_is_read_once_for_the_same_sql_and_columns(
    built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = column_lineage(built)
    assert first == lineage_of(MANIFEST, SCHEMA)
    with monkeypatch.context() as nothing:
        nothing.setattr(lineage, "lineage_of", None)
        assert column_lineage(built) == first

    other = model("marts", "sales", "select order_id as unit from staging.stg_orders")
    changed = json.dumps(MANIFEST | {"nodes": MANIFEST["nodes"] | {"m": other}})
    (built.dbt_target_dir / "manifest.json").write_text(changed)
    assert column_lineage(built)["marts.sales"]["unit"] == (("staging.stg_orders", "order_id"),)

    with duckdb.connect(str(built.warehouse_path)) as connection:
        connection.execute("alter table marts.sales add column another varchar")
    assert "another" in column_lineage(built)["marts.sales"]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"state": "of others"}'])
def test_a_damaged_record_of_lineage_is_made_anew(built: Settings, content: str) -> None:
    expected = column_lineage(built)
    [kept] = built.dbt_target_dir.glob("*lineage*")
    kept.write_text(content)
    assert column_lineage(built) == expected
    assert len(kept.read_text()) > len(content)


def test_without_a_build_it_is_said_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "journey.toml"
    config.write_text("")
    with pytest.raises(ConfigurationError, match="run `journey run` first"):
        column_lineage(Settings.load(config, tmp_path / "data"))


def test_every_model_in_sql_of_the_demo_is_read(demo: Shop) -> None:
    settings = Settings.load(demo.config, demo.data_dir)
    found = column_lineage(settings)
    manifest = lineage.read_manifest(settings)
    with database.connect(settings, settings.warehouse_path, read_only=True) as connection:
        schema = schema_of(connection)
    reached = "intermediate.int_stages_reached", "reached_at"
    assert reached in found["marts.stage_funnel"]["conversion_rate_in_window"]
    source = found["staging.stg_web__events"]["utm_source"]
    assert source == (("raw.web_events", "utm_source"),)
    for node in manifest["nodes"].values():
        # Of whom to make anew a rebuild needs no table.
        is_of_others = node["resource_type"] == "model" and bool(node["depends_on"]["nodes"])
        is_of_others &= "changes" not in node["fqn"]
        if is_of_others and node["language"] == "sql":
            assert any(found[f"{node['schema']}.{node['name']}"].values()), node["name"]
    for columns in found.values():
        for table, column in {source for made_of in columns.values() for source in made_of}:
            place, name = table.split(".")
            assert column in schema[place][name]
