"""The page of checks as it is written: offline, with the results of the last run."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from journey.checks import read_suite, suites_of
from journey.core.checks import Check
from journey.pages import checks
from tests.conftest import Shop

LOADS = re.compile(r"""<(script|link|img|iframe|object|embed)\b|@import|url\(|https?://""", re.I)
PASSED = Check(
    asset="marts/visits",
    check_name="visits_are_short",
    severity="warning",
    is_passed=True,
    observed=7.5,
    expected="Visits are short",
    unexpected_count=None,
    element_count=None,
    detail="",
)
FAILED = replace(
    PASSED,
    check_name="visits_are_numbered",
    severity="critical",
    is_passed=False,
    observed=3.0,
    expected="Visits are <numbered>",
    unexpected_count=3,
    element_count=1200,
    detail="3 rows break it",
)


@pytest.fixture(scope="module")
def page(demo: Shop) -> str:
    return (demo.data_dir / "docs" / "checks.html").read_text()


def test_it_refers_to_no_other_page(page: str) -> None:
    assert not LOADS.search(page), LOADS.search(page)
    assert "default-src 'none'" in page


def test_every_suite_has_a_line_and_a_section_with_all_its_checks(page: str) -> None:
    for layer in ("raw", "marts"):
        for suite in suites_of(layer).values():
            assert f'<a href="#{suite.asset}">' in page
            section = page.partition(f'<h2 id="{suite.asset}">')[2].partition("<h2")[0]
            assert section.count('<tr><th scope="row">') == len(suite.expectations)
            if layer == "marts":
                assert section.count("</em>") == len(suite.expectations)


def test_failed_tables_come_first_and_those_not_checked_are_named(tmp_path: Path) -> None:
    suites = []
    for table in ("people", "touchpoints", "visits", "orders"):
        layer = "raw" if table == "orders" else "marts"
        path = tmp_path / layer / f"{table}.yml"
        path.parent.mkdir(exist_ok=True)
        expectations = [
            {
                "type": "expect_table_row_count_to_be_between",
                "severity": check.severity,
                "description": check.expected,
                "meta": {"why": "So that they <can> be separated."},
            }
            for check in (PASSED, FAILED)
        ]
        path.write_text(yaml.safe_dump({"name": f"{layer}.{table}", "expectations": expectations}))
        suites.append(read_suite(path))
    found = [FAILED, PASSED, replace(PASSED, asset="marts/people")]
    shown = checks.render("run-2", found, suites)
    assert "1 of 2 tables failed one or more checks" in shown
    places = [shown.index(f"#marts/{table}") for table in ("visits", "people", "touchpoints")]
    assert places == sorted(places)
    assert "Visits are &lt;numbered&gt; (critical)" in shown
    assert "So that they &lt;can&gt; be" in shown
    assert "3 rows fail of 1,200" in shown
    assert ">7.5<" in shown
    said = dict(re.findall(r"#(\w+/\w+)\">.*?</a></td><td>(not checked: [^<]*)<", shown))
    assert said == {
        "marts/touchpoints": "not checked: the run stopped before",
        "raw/orders": "not checked: no rows arrived",
    }
    assert "<numbered>" not in shown
    assert "the 1 check of 1 table passed" in checks.render("run-3", [PASSED], suites)
