"""The page of checks: what was expected of the data, and what one run found.

Made from the results that the ledger keeps, which are counts: no value of a row can be on it.
"""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from journey.checks import Suite, suites_of
from journey.checks.suites import SUITES_DIR, check_name_of
from journey.core.checks import Check
from journey.core.files import replace_text
from journey.core.paths import Paths
from journey.pages import base

# By layer, why a table has no result.
NOT_CHECKED = {
    "raw": "not checked: no rows arrived",
    "marts": "not checked: the run stopped before",
}
LAYERS = tuple(NOT_CHECKED)


def write(
    paths: Paths, run_id: str, results: Iterable[Check], *, suites_dir: Path = SUITES_DIR
) -> Path:
    """Write the page of a run from its results, with every suite of the project."""
    suites = [suite for layer in LAYERS for suite in suites_of(layer, suites_dir).values()]
    return replace_text(paths.checks_page, render(run_id, results, suites))


def render(run_id: str, results: Iterable[Check], suites: Iterable[Suite]) -> str:
    """The page: tables with failed checks first, then a section for each table."""
    found: dict[str, dict[str, Check]] = {}
    for result in results:
        found.setdefault(result.asset, {})[result.check_name] = result
    ordered = sorted(suites, key=lambda suite: (not _failed(found.get(suite.asset)), suite.asset))
    failed = sum(_failed(checks) > 0 for checks in found.values())
    count = sum(map(len, found.values()))
    tables = "1 table" if len(found) == 1 else f"{len(found)} tables"
    passed = "the 1 check of" if count == 1 else f"all {count:,} checks of"
    verdict = (
        f"{failed} of {tables} failed one or more checks" if failed else f"{passed} {tables} passed"
    )
    overview = "\n".join(_line(suite, found.get(suite.asset)) for suite in ordered)
    sections = "\n".join(_section(suite, found.get(suite.asset, {})) for suite in ordered)
    return base.page(
        "Checks",
        f"""<h1>Checks: {verdict}</h1>
<p>What is expected of the data that arrives and of the marts, and what run {escape(run_id)} found.
A failed critical check stops the run, and readers keep the last published version; a warning is
published with the data. This page holds counts, never rows.</p>
<table>
<thead><tr>
<th>Table</th><th>Result</th><th class="count">Checks</th><th>Failed</th>
</tr></thead>
<tbody>
{overview}
</tbody></table>
{sections}""",
    )


def _failed(checks: Mapping[str, Check] | None) -> int:
    return sum(not check.is_passed for check in (checks or {}).values())


def _line(suite: Suite, checks: Mapping[str, Check] | None) -> str:
    failed = "; ".join(
        f"{check.expected} ({check.severity})"
        for check in (checks or {}).values()
        if not check.is_passed
    )
    result = _result(not failed) if checks else NOT_CHECKED[suite.asset.partition("/")[0]]
    return (
        f'<tr><td><a href="#{suite.asset}">{suite.asset}</a></td><td>{result}</td>'
        f'<td class="number">{len(suite.expectations)}</td><td>{escape(failed)}</td></tr>'
    )


def _result(is_passed: bool) -> str:
    return '<em class="good">✓ passed</em>' if is_passed else '<em class="bad">✗ failed</em>'


def _section(suite: Suite, checks: Mapping[str, Check]) -> str:
    rows = "\n".join(
        _row(expectation, checks.get(check_name_of(expectation["description"])))
        for expectation in suite.expectations
    )
    return f"""<h2 id="{suite.asset}">{suite.asset}</h2>
<table class="rows">
<thead><tr>
<th>Check</th><th>Why</th><th>Severity</th><th class="count">Found</th><th>Result</th>
</tr></thead>
<tbody>
{rows}
</tbody></table>"""


def _row(expectation: Mapping[str, Any], check: Check | None) -> str:
    return (
        f'<tr><th scope="row">{escape(expectation["description"])}</th>'
        f"<td>{escape(expectation['meta']['why'])}</td>"
        f'<td data-column="Severity">{expectation["severity"]}</td>'
        f'<td class="number" data-column="Found">{_found(check) if check else ""}</td>'
        f"<td>{_result(check.is_passed) if check else ''}</td></tr>"
    )


def _found(check: Check) -> str:
    """What was counted: the rows that fail, of all rows where that is known, or the number."""
    count = check.unexpected_count
    if count is not None:
        rows = "1 row fails" if count == 1 else f"{count:,} rows fail"
        return f"{rows} of {check.element_count:,}" if check.element_count else rows
    return "" if check.observed is None else f"{check.observed:,.10g}"
