"""A night that dies while it loads, builds or judges."""

import pytest

from tests.conftest import Shop
from tests.nights.killed import assert_same, kill_at_each, unfinished_runs

FAULTS = (
    "ingest.before_write",
    "ingest.after_write",
    "ingest.mid_rename",
    "ingest.before_ledger",
    "ingest.after_ledger",
    "models.before_build",
    "models.mid_build",
    "models.after_build",
)


@pytest.mark.timeout(1800)
def test_a_night_killed_before_it_publishes_ends_as_if_undisturbed(calm: Shop, shop: Shop) -> None:
    kill_at_each(FAULTS, shop)
    assert unfinished_runs(shop) == []
    assert_same(calm, shop)
