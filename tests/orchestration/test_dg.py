"""Dagster's own tools work on the checkout, as a person who knows Dagster tries them first."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPO, Shop

DG = Path(sys.executable).parent / "dg"

pytestmark = [pytest.mark.long, pytest.mark.slow]


def dg(shop: Shop, *arguments: str) -> subprocess.CompletedProcess:
    """dg in the checkout, on a warehouse of the test's own."""
    variables = shop.environment(
        VIRTUAL_ENV=str(DG.parents[1]), DO_NOT_TRACK="1", HOME=str(shop.home)
    )
    variables["PATH"] = f"{DG.parent}{os.pathsep}{variables['PATH']}"
    return subprocess.run(
        [DG, *arguments], cwd=REPO, env=variables, capture_output=True, text=True, check=False
    )


def test_dg_checks_the_definitions(shop: Shop) -> None:
    checked = dg(shop, "check", "defs")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_dg_lists_what_the_project_defines(shop: Shop) -> None:
    listed = dg(shop, "list", "defs", "--json")
    assert listed.returncode == 0, listed.stderr
    found = {each["asset_key"] for each in json.loads(listed.stdout)["assets"]}
    assert {"raw/orders", "marts/people", "published/snapshot"} <= found
