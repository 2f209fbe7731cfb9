"""The statement that conforms a batch stays small: it is planned again for every batch.

A macro that names what it is given several times, given another of that kind, multiplies: a
statement of a thousand patterns takes a second to plan, for a file of one row too.
"""

from typing import Any

import duckdb
import pytest

from journey.core.settings import KINDS
from journey.core.sql import name
from journey.ingest import addresses
from journey.ingest.conform import conforming, mapping
from journey.ingest.contracts import read_contract
from journey.ingest.formats import GENERIC, known_formats, read_format, sql_type
from tests.ingest.conftest import EMAIL_KEY

MOST_PATTERNS = 100
FORMATS = [
    (kind, format)
    for kind in KINDS
    for format in known_formats(kind)
    if format not in GENERIC or format == "canonical"
]


@pytest.fixture(scope="module")
def edge():
    connection = duckdb.connect()
    # Nothing is delivered here, and of a plan that gives nothing there would be nothing to count.
    connection.execute("set disabled_optimizers = 'statistics_propagation, empty_result_pullup'")
    addresses.equip(connection, EMAIL_KEY.encode(), None)
    connection.execute(
        """create table files
            (_file bigint, file_name varchar, delivered_on date, key_prefix varchar)"""
    )
    return connection


def listed(columns: dict[str, Any]) -> str:
    return ", ".join(f"{name(column)} {sql_type(kind)}" for column, kind in columns.items())


@pytest.mark.parametrize(("kind", "format"), FORMATS)
def test_a_statement_that_conforms_has_few_patterns(edge, kind: str, format: str) -> None:
    contract = read_contract(kind)
    known = read_format(kind, format)
    columns = known.columns or mapping.canonical_structure(contract)
    edge.execute(
        f"create or replace table delivered (_file bigint, _row bigint, {listed(columns)})"
    )
    for table, of in known.tables.items():
        edge.execute(f"create or replace table {name(table)} ({listed(of.columns)})")
    body = known.body or mapping.canonical_sql(contract, columns)
    types = {row[0].lower(): row[1] for row in edge.execute(f"describe {body}").fetchall()}
    statement = conforming.conformed_sql(contract, body, types)
    ((_, plan),) = edge.execute(f"explain (format json) {statement}").fetchall()
    assert "given_" in plan
    assert plan.count("regexp_") < MOST_PATTERNS
