"""Great Expectations' results as checks, of which numbers alone are kept; what they mean together.

Nothing here runs a check.
"""

from collections.abc import Iterable
from typing import Any

from journey.checks.suites import Suite, check_name_of
from journey.core import memory
from journey.core.checks import Check
from journey.core.errors import EngineError
from journey.core.redaction import without_values

# How the library names what it asks of every row; other expectations are about a column or table.
EACH_ROW = ("expect_column_values_", "expect_column_pair_values_", "expect_compound_columns_")


def blocking_failures(checks: Iterable[Check]) -> list[Check]:
    """The checks that stop the run; warnings are shown and published, and stop nothing."""
    return [check for check in checks if check.is_blocking]


def is_blocked(checks: Iterable[Check]) -> bool:
    """Whether these checks stop the run."""
    return bool(blocking_failures(checks))


def results_of(suite: Suite, results: Iterable[Any]) -> list[Check]:
    """Translate one suite's results, in the order of its file.

    An expectation that could not be computed is neither a pass nor bad data: EngineError.
    """
    found = {}
    for result in results:
        description = result.expectation_config.description
        reason = _exception_in(result.exception_info)
        if reason:
            raise EngineError(
                f"{suite.asset}: the check '{description}' of {suite.path.name} could not run "
                f"({reason}); {memory.advice(reason, 'fix the suite or the model')}, and run again"
            )
        found[description] = result
    checks = []
    for expectation in suite.expectations:
        result = found.get(expectation["description"])
        if result is None:  # the library drops what it cannot build, and only logs that
            raise EngineError(
                f"{suite.asset}: the check '{expectation['description']}' of {suite.path.name} was "
                f"not run: {expectation['type']} or its kwargs are unknown to Great Expectations; "
                "fix them and run again"
            )
        checks.append(_check_of(suite, expectation, result))
    return checks


def _check_of(suite: Suite, expectation: dict[str, Any], result: Any) -> Check:
    found = result.result or {}
    unexpected = _integer(found.get("unexpected_count"))
    elements = _integer(found.get("element_count"))
    observed = _number(found.get("observed_value"))
    if "unexpected_rows_query" in expectation["kwargs"]:
        unexpected = _integer(observed)
    if result.success and _is_about_each_row(expectation):
        unexpected = 0  # the library counts only what fails, which costs it less
    if observed is None and unexpected is not None:
        observed = float(unexpected)
    return Check(
        asset=suite.asset,
        check_name=check_name_of(expectation["description"]),
        severity=expectation["severity"],
        is_passed=bool(result.success),
        observed=observed,
        expected=expectation["description"],
        unexpected_count=unexpected,
        element_count=elements,
        detail="" if result.success else _detail(expectation, unexpected, elements, observed),
    )


def _is_about_each_row(expectation: dict[str, Any]) -> bool:
    """Whether it holds only when no row breaks it."""
    kwargs = expectation["kwargs"]
    is_of_rows = expectation["type"].startswith(EACH_ROW) or "unexpected_rows_query" in kwargs
    return is_of_rows and "mostly" not in kwargs


def _detail(
    expectation: dict[str, Any],
    unexpected: int | None,
    elements: int | None,
    observed: float | None,
) -> str:
    if unexpected is not None:
        found = "1 row breaks it" if unexpected == 1 else f"{unexpected:,} rows break it"
        found += f", of {elements:,}" if elements else ""
    elif observed is not None:
        found = f"found {observed:,.10g}"
    else:
        found = "it does not hold"
    return f"{found}. {expectation['meta']['why']}"


def _exception_in(info: Any) -> str | None:
    """The first reason why a check did not run, without quoted values; None when it ran.

    The shape depends on where it failed: flat for a check, keyed by metric for its parts.
    """
    if not info:
        return None
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            return without_values(entry.get("exception_message") or "no reason was given")
    return None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None


def _integer(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
