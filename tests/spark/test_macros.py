"""Macros of the dbt project that engines spell otherwise: each gives the same on both."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.spark.macros import render
from tests.spark.sail import Sail

CASES = yaml.safe_load(Path(__file__).with_name("cases_of_macros.yml").read_text(encoding="utf-8"))

Rows = Callable[[str], list[tuple[Any, ...]]]


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.replace(tzinfo=None) if isinstance(value, datetime) else value)


@pytest.fixture(scope="module")
def sail() -> Iterator[Sail]:
    started = Sail()
    yield started
    started.stop()


@pytest.mark.parametrize("name", CASES)
def test_duckdb_gives_what_the_macro_promises(name: str) -> None:
    query = render("duckdb", CASES[name]["query"])
    with duckdb.connect() as connection:
        (row,) = connection.execute(query).fetchall()
    assert list(map(as_text, row)) == CASES[name]["row"]


@pytest.mark.parametrize("name", CASES)
def test_sparks_dialect_gives_what_the_macro_promises(name: str, sail: Sail) -> None:
    (row,) = sail.rows(render("spark", CASES[name]["query"]))
    assert list(map(as_text, row)) == CASES[name]["row"]


def test_what_only_duckdb_knows_is_rejected(sail: Sail) -> None:
    """Else nothing of the dialect would be checked at all."""
    with pytest.raises(Exception, match="epoch_us"):
        sail.rows("select epoch_us(cast('2026-01-01' as timestamp))")
