"""The cases of ../shared/cases by their own files; ours say the same in our own words.

They take a build each, so they are asked for: JOURNEY_SHARED_CASES=1.
"""

import json
import os
import re
from pathlib import Path

import pytest

from tests.conftest import REPO
from tests.ingest.conftest import EMAIL_KEY

from .case import Case, settings_of
from .outcome import assert_checks_hold, build_marts, connection_to, load

ASKED = "JOURNEY_SHARED_CASES"
FOLDER = REPO.parent / "shared" / "cases"
# Their expected rows contradict each other and the definitions; the case of ours that decides.
SUPERSEDED = {
    "03_refund_with_tax": "refunds_of_goods_and_tax",
    "23_header_case": "names_in_any_case",
}
FOLDERS = sorted(
    path.parent for path in FOLDER.glob("*/checks.json") if path.parent.name not in SUPERSEDED
)


def shared_case(folder: Path) -> Case:
    """Its checks that have an answer; an exit code is that of a whole run, which this is not."""
    listed = json.loads((folder / "checks.json").read_text(encoding="utf-8"))
    checks = tuple(
        {"sql": check["sql"], "rows": [[number_or_text(v) for v in r] for r in check["expected"]]}
        for check in listed
        if "expected" in check and check["sql"]
    )
    what = (folder / "case.txt").read_text(encoding="utf-8").strip()
    return Case(name=folder.name, folder=folder, what=what, checks=checks, **settings_of(folder))


def number_or_text(value: object) -> object:
    """Their amounts are text, "50.00"."""
    is_amount = isinstance(value, str) and re.fullmatch(r"-?\d+\.\d{2}", value)
    return float(value) if is_amount else value


def asks_only_what_is_loaded(case: Case) -> bool:
    return all("from raw_" in c["sql"] or "from quarantine_" in c["sql"] for c in case.checks)


@pytest.mark.skipif(not FOLDERS, reason="there is no ../shared/cases on this machine")
@pytest.mark.skipif(not os.environ.get(ASKED), reason=f"a build each: set {ASKED}=1")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_shared_case_comes_out(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", EMAIL_KEY)
    case = shared_case(folder)
    settings = load([case], tmp_path / "data")
    marts = None
    if not asks_only_what_is_loaded(case):
        build_marts(settings)
        marts = settings.warehouse_path
    with connection_to(settings, case, marts) as connection:
        assert_checks_hold(connection, case)
