"""The tests of dbt that hold rules which no suite repeats: they refuse what is broken, and no more.

Each is run as the demo's run compiled and ran it, on the marts that are written by hand.
"""

import json
from collections.abc import Callable

import duckdb
import pytest

from tests.checks.mart_defects import MART_DEFECTS, ROWS_HELD_BY_DBT
from tests.conftest import Shop
from tests.small_warehouse import build_marts

Failing = Callable[..., set[str]]


@pytest.fixture(scope="module")
def failing(demo: Shop, tmp_path_factory: pytest.TempPathFactory) -> Failing:
    """Which of these tests fail on the small warehouse when these statements have changed it."""
    target = demo.data_dir / "dbt_target"
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    run = json.loads((target / "run_results.json").read_text())["results"]
    compiled = {
        name_of(nodes[result["unique_id"]]): result["compiled_code"]
        for result in run
        if result["unique_id"].startswith("test.")
    }
    path = tmp_path_factory.mktemp("held") / "warehouse.duckdb"

    def fails(connection: duckdb.DuckDBPyConnection, test: str) -> bool:
        return bool(connection.execute(compiled[test]).fetchall())

    def find(tests: list[str], *changes: str) -> set[str]:
        build_marts(path, *changes)
        with duckdb.connect(str(path), read_only=True) as connection:
            return {test for test in tests if fails(connection, test)}

    return find


def name_of(node: dict) -> str:
    """A test's name; a generic one is called by its kind and what it is about."""
    if "test_metadata" not in node:
        return node["name"]
    about = [node["attached_node"].split(".")[-1], node.get("column_name")]
    return f"{node['test_metadata']['name']} {'.'.join(filter(None, about))}"


def test_clean_marts_pass(failing: Failing) -> None:
    held = [test for defects in MART_DEFECTS.values() for test in defects.dbt_tests]
    assert not failing([*held, *ROWS_HELD_BY_DBT.values()])


def test_every_test_refuses_the_defects_that_it_holds(failing: Failing) -> None:
    changes = [change for defects in MART_DEFECTS.values() for change in defects.changes]
    for mart, defects in MART_DEFECTS.items():
        assert failing(list(defects.dbt_tests), *changes) == set(defects.dbt_tests), mart


@pytest.mark.parametrize("mart", ROWS_HELD_BY_DBT)
def test_marts_that_lost_their_rows_are_refused(failing: Failing, mart: str) -> None:
    test = ROWS_HELD_BY_DBT[mart]
    assert failing([test], f"delete from marts.{mart}") == {test}
