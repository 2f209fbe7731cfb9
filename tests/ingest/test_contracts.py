"""Contracts say enough for people and for casts, and there is one for every kind."""

import re

import duckdb
import pytest

from journey import ingest
from journey.core.settings import KINDS
from journey.ingest.contracts import LINEAGE, read_contract
from tests.conftest import REPO


@pytest.mark.parametrize("kind", KINDS)
def test_a_contract_says_its_grain_and_describes_its_columns(kind: str) -> None:
    contract = read_contract(kind)
    assert contract.description.splitlines()[-1].startswith("One row per ")
    assert all(column.description for column in contract.columns)
    assert contract.instant in contract.names
    assert contract.column(contract.instant).required
    assert set(contract.key) <= set(contract.names)
    for rule in contract.one_of:
        assert set(rule.columns) <= set(contract.names)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_without_data_is_an_empty_table_with_all_columns(warehouse, kind: str) -> None:
    ingest.ensure_contract_files(warehouse.settings)
    path = f"{warehouse.data_dir}/raw/{kind}/*/*.parquet"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"describe select * from read_parquet('{path}', hive_partitioning = true,"
            " hive_types = {'event_date': date})"
        ).fetchall()
    names = [*read_contract(kind).names, *LINEAGE, "event_date"]
    assert [row[0] for row in found] == names
    types = {row[0]: row[1] for row in found}
    assert types[read_contract(kind).instant] in ("TIMESTAMP", "DATE")
    assert types["event_date"] == "DATE"
    assert warehouse.rows(kind) == []


def test_contract_files_are_written_once(warehouse) -> None:
    ingest.ensure_contract_files(warehouse.settings)
    path = warehouse.data_dir / "raw/orders/event_date=1970-01-01/contract.parquet"
    before = path.stat().st_mtime_ns
    ingest.ensure_contract_files(warehouse.settings)
    assert path.stat().st_mtime_ns == before


def test_the_models_know_the_words_of_the_contracts() -> None:
    macros = (REPO / "dbt_project/macros/known_names.sql").read_text(encoding="utf-8")
    statuses = re.findall(r"'(\w+)'", macros.partition("macro order_statuses")[2])
    assert tuple(statuses) == read_contract("orders").column("status").values
    acts = re.findall(r"'(\w+)'", macros.partition("macro order_statuses")[0])
    assert set(acts) < set(read_contract("email_events").column("event_name").values)
