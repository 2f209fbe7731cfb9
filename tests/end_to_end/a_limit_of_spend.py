"""`journey run` of a team whose suite of ad spend has one critical expectation more.

The shipped raw suites cannot fail by what a row holds: such rows are in quarantine by then.
"""

from pathlib import Path
from unittest import mock

from journey.checks import suites
from orchestration import start

LIMIT = 9000
EXPECTATION = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "amount", "max_value": LIMIT},
    "severity": "critical",
    "description": "No day costs more than the team may spend",
    "meta": {"why": "A larger amount needs a signature."},
}
read = suites.read_suite


def read_with_a_limit(path: Path) -> suites.Suite:
    suite = read(path)
    if suite.name == "raw.ad_spend":
        suite.content["expectations"].append(EXPECTATION)
    return suite


def main() -> None:
    with mock.patch.object(suites, "read_suite", read_with_a_limit):
        start.main()
