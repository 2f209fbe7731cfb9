"""A night that dies after its gates, with readers watching."""

import pytest

from tests.conftest import Shop
from tests.nights.killed import assert_same, kill_at_each

# Those after the swap kill a run that finds nothing new and does what the night before left undone.
FAULTS = (
    "gate.after_checks",
    "publish.before_swap",
    "publish.after_swap",
    "report.before_swap",
    "report.after_swap",
    "watch.before_keep",
)


@pytest.mark.timeout(1800)
def test_a_night_killed_while_it_publishes_ends_as_if_undisturbed(
    shop: Shop, request: pytest.FixtureRequest
) -> None:
    kill_at_each(FAULTS, shop)
    # Asked for only now: another process makes it while this one kills.
    assert_same(request.getfixturevalue("calm"), shop)
