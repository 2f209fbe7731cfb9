"""What Great Expectations spends on what nothing here asks of it, and no longer does.

Fails where an upgrade of the library collects arguments, or keeps its configuration, otherwise.
"""

from typing import Any

import pytest
from great_expectations.data_context.types.base import DataContextConfig
from great_expectations.expectations import core
from great_expectations.expectations.expectation import Expectation

from journey.checks import read_once
from journey.checks.engine import open_engine
from journey.checks.suites import Suite

EXPECTATIONS = (
    core.ExpectColumnValuesToBeBetween(column="a", min_value=1, mostly=0.9),
    core.ExpectColumnValuesToBeInSet(column="a", value_set=[1, 2, {"$PARAMETER": "x"}]),
    core.ExpectCompoundColumnsToBeUnique(column_list=["a", "b"]),
    core.ExpectTableRowCountToBeBetween(min_value=1),
    core.UnexpectedRowsExpectation(unexpected_rows_query="select * from {batch}"),
)


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of which kinds of expectations the configuration was made."""
    made: list[str] = []
    original = Expectation.configuration.fget

    def noted(expectation: Expectation) -> Any:
        made.append(type(expectation).__name__)
        return original(expectation)

    monkeypatch.setattr(Expectation, "configuration", property(noted))
    return made


@pytest.mark.parametrize("expectation", EXPECTATIONS, ids=lambda one: type(one).__name__)
def test_arguments_are_those_of_the_library(expectation: Expectation, copies: list[str]) -> None:
    found = expectation._get_runtime_kwargs({"result_format": "BOOLEAN_ONLY"})
    assert len(copies) == 1
    original = read_once.Read._get_runtime_kwargs
    read_once.install()  # again does nothing
    assert read_once.Read._get_runtime_kwargs is original
    assert found == original(expectation, {"result_format": "BOOLEAN_ONLY"})
    assert expectation._get_success_kwargs() == read_once.Read._get_success_kwargs(expectation)
    assert expectation._get_domain_kwargs() == read_once.Read._get_domain_kwargs(expectation)


def test_an_expectation_that_changes_is_read_anew() -> None:
    expectation = core.ExpectTableRowCountToBeBetween(min_value=1)
    expectation._get_runtime_kwargs()
    expectation.min_value = 2
    assert expectation._get_success_kwarg("min_value") == 2


def test_a_suite_copies_each_expectation_a_few_times_and_writes_no_configuration(
    copies: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DataContextConfig, "to_yaml_str", None)
    expectation = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "a", "min_value": 1, "max_value": 3},
        "description": "a is small",
        "severity": "critical",
    }
    suite = Suite("marts", "numbers", None, {"name": "x", "expectations": [expectation]})  # type: ignore[arg-type]
    prepare = ["create table numbers as select 2 as a"]
    with open_engine(prepare, []) as engine:
        [result] = engine.judge(suite, {})
    assert result.success
    assert len(copies) <= 18, "they were 98 where each argument was a copy"
