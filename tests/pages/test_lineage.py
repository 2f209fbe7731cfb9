"""Where columns come from, read from SQL: on two hand-written models, and as a page."""

import json
from pathlib import Path

import pytest

from journey.core import database
from journey.core.errors import ConfigurationError
from journey.core.settings import Settings
from journey.pages.lineage import Origin, origins, render, schema_of, write_lineage

SCHEMA = {
    "raw": {"orders": {"order_id": "VARCHAR", "net_amount": "DECIMAL(18,2)", "tax": "DOUBLE"}},
    "staging": {"stg_orders": {"order_id": "VARCHAR", "net_amount": "DECIMAL(18,2)"}},
    "marts": {"sales": {"order_count": "BIGINT", "revenue": "DECIMAL(38,2)", "unit": "VARCHAR"}},
    "intermediate": {"fitted": {"weight": "DOUBLE"}},
}


def model(schema: str, name: str, sql: str, language: str = "sql") -> dict:
    return {
        "resource_type": "model",
        "schema": schema,
        "name": name,
        "language": language,
        "compiled_code": sql,
        "columns": {"revenue": {"name": "revenue", "description": "Money <in>."}},
    }


MANIFEST = {
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


@pytest.fixture(scope="module")
def found() -> list[Origin]:
    return origins(MANIFEST, SCHEMA)


def test_columns_are_traced_through_the_steps_of_a_model(found: list[Origin]) -> None:
    made_of = {(origin.table, origin.column): origin.sources for origin in found}
    assert made_of == {
        ("marts.sales", "order_count"): (),
        ("marts.sales", "revenue"): (("staging.stg_orders", "net_amount"),),
        ("marts.sales", "unit"): (),
        ("intermediate.fitted", "weight"): (),
        ("staging.stg_orders", "order_id"): (("raw.orders", "order_id"),),
        ("staging.stg_orders", "net_amount"): (("raw.orders", "net_amount"),),
    }


def test_the_page_links_each_column_to_those_it_is_made_of(found: list[Origin]) -> None:
    page = render(found)
    assert '<a href="#staging.stg_orders.net_amount">staging.stg_orders.net_amount</a>' in page
    assert 'id="staging.stg_orders.net_amount"' in page
    assert "raw.orders.net_amount" in page
    assert "Money &lt;in&gt;." in page
    assert "default-src 'none'" in page
    assert "<script" not in page


def test_without_a_build_it_is_said_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "journey.toml"
    config.write_text("")
    with pytest.raises(ConfigurationError, match="run `journey run` first"):
        write_lineage(Settings.load(config, tmp_path / "data"), tmp_path / "page")


def test_compiled_models_of_the_demo_are_read(demo) -> None:
    """Two of them, the first and the last of a long chain: all of them take half a minute."""
    settings = Settings.load(demo.config, demo.data_dir)
    manifest = json.loads((settings.dbt_target_dir / "manifest.json").read_text())
    kept = ("stage_funnel", "stg_web__events")
    nodes = {key: node for key, node in manifest["nodes"].items() if node["name"] in kept}
    with database.connect(settings, settings.warehouse_path, read_only=True) as connection:
        schema = schema_of(connection)
    made_of = {
        (origin.table, origin.column): origin.sources
        for origin in origins(manifest | {"nodes": nodes}, schema)
    }
    assert ("intermediate.int_stages_reached", "reached_at") in made_of[
        "marts.stage_funnel", "conversion_rate_in_window"
    ]
    assert ("raw.web_events", "utm_source") in made_of["staging.stg_web__events", "utm_source"]
