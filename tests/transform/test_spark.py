"""What is done for a cluster, without one: messages, names of schemas, the copy of the marts."""

import json
import socket
from pathlib import Path

import duckdb
import pytest

from journey.core.errors import ConfigurationError, EngineError
from journey.core.settings import Settings
from journey.transform.spark import private_copy, schemas, server
from journey.transform.spark.files import Files


def settings_of(tmp_path: Path, **given: object) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    data_dir = tmp_path / "data [1]"
    data_dir.mkdir(exist_ok=True)
    return Settings.load(config, data_dir, engine="spark", **given)


def test_without_the_extra_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PACKAGES", ("dbt.adapters.none", "no_such_package.part", "json"))
    with pytest.raises(ConfigurationError) as error:
        server.require(settings_of(tmp_path))
    for part in ("dbt.adapters.none, no_such_package.part)", "journey-warehouse[spark]", "duckdb"):
        assert part in str(error.value)


def test_without_a_server_it_is_said_where_it_should_be(tmp_path: Path) -> None:
    with socket.socket() as bound:  # and nothing listens
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        with pytest.raises(EngineError) as error:
            server.require(settings_of(tmp_path, spark_port=port))
    for part in (f"no Spark Thrift server answers at 127.0.0.1:{port}", "spark-up", "spark_host"):
        assert part in str(error.value)


def test_what_a_server_says_loses_its_stack_and_values() -> None:
    said = (
        'TExecuteStatementResp(status=TStatus(errorMessage="Error running query: '
        "[CAST_INVALID_INPUT] The value 'anna@shop.example' of the type \\n\\tat org.apache\"))"
    )
    words = server.first_words(said)
    assert "anna" not in words
    assert "org.apache" not in words


@pytest.mark.parametrize("address", ["no address", "s3a://shop/it's", "s3a://shop/`", "file:/a/"])
def test_an_address_that_would_break_a_statement_is_rejected(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigurationError, match="--spark-files"):
        settings_of(tmp_path, spark_files=address)


def test_only_what_an_earlier_run_of_this_warehouse_made_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(server, "run", lambda settings, statements: said.extend(statements))
    settings = settings_of(tmp_path, spark_schema="shop")
    first = schemas.begin(settings, "0123abcd-0123-0123-0123-0123456789ab")
    assert said == []
    assert first["JOURNEY_SPARK_SCHEMA"] == "shop_0123abcd0123"
    schemas.begin(settings, "ffffffff-0123-0123-0123-0123456789ab")
    assert said == [
        f"drop schema if exists shop_0123abcd0123_{layer} cascade" for layer in schemas.LAYERS
    ]


def node(schema: str, name: str, **given: object) -> dict[str, object]:
    return {
        "resource_type": "model",
        "schema": schema,
        "name": name,
        "description": f"What {name} is.",
        "config": {"materialized": "table"},
        "columns": {"n": {"name": "n", "description": "A number: it's one."}},
    } | given


def test_marts_are_copied_as_they_are_and_other_tables_shown(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    manifest = tmp_path / "manifest.json"
    nodes = {
        "a": node("marts", "sales"),
        "b": node("intermediate", "int_sales"),
        "c": node("staging", "stg_sales", config={"materialized": "view"}),
        "d": node("tests", "t", resource_type="test"),
    }
    manifest.write_text(json.dumps({"nodes": nodes}))
    named = schemas.of_layers(settings, "run")
    for layer, table in (("marts", "sales"), ("intermediate", "int_sales")):
        folder = Files.of(settings).folder(named[layer], table)
        folder.mkdir(parents=True)
        for part, rows in enumerate(("(3), (1)", "(2)")):
            path = folder / f"part-0000{part}.parquet"
            duckdb.sql(f"select * from (values {rows}) as t(n)").write_parquet(str(path))
    private_copy.fill(settings, manifest, named)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        assert connection.execute("select n from marts.sales").fetchall() == [(3,), (1,), (2,)]
        assert connection.execute("select sum(n) from intermediate.int_sales").fetchall() == [(6,)]
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [
            ("What sales is.",)
        ]
        comments = "select comment from duckdb_columns() where table_name = 'sales'"
        assert connection.execute(comments).fetchall() == [("A number: it's one.",)]


def test_where_the_cluster_wrote_elsewhere_it_is_said_what_to_set(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": {"a": node("marts", "sales")}}))
    with pytest.raises(EngineError, match="spark_files"):
        private_copy.fill(settings, manifest, schemas.of_layers(settings, "run"))


def test_each_engine_compiles_to_a_folder_of_its_own(tmp_path: Path) -> None:
    on_spark = settings_of(tmp_path)
    on_duckdb = Settings.load(on_spark.config_file, on_spark.data_dir)
    assert on_spark.dbt_target_dir != on_duckdb.dbt_target_dir
    assert on_spark.dbt_target_dir.parent == on_duckdb.dbt_target_dir.parent == on_spark.data_dir
