"""How conversions' credits are shared over channels: what the fitted totals ask for is reached."""

import pytest

from journey.stats.shared_credits import shared_credits

TWO = ([frozenset("bc"), frozenset("abc")], [59, 1], {"a": 0.97, "b": 50.35, "c": 8.68})
THREE = (
    [frozenset("a"), frozenset("abc"), frozenset("c")],
    [59, 1, 1],
    {"a": 59.01, "b": 0.97, "c": 1.02},
)


@pytest.mark.parametrize(("sets", "conversions", "totals"), [TWO, THREE])
def test_a_channel_of_one_path_gets_its_total_and_not_the_whole_path(
    sets: list[frozenset[str]], conversions: list[int], totals: dict[str, float]
) -> None:
    """The first step towards the weights, taken whole, ends where no further one leads back."""
    credits = shared_credits(sets, conversions, totals)
    for channel, total in totals.items():
        shares = zip(conversions, credits, strict=True)
        found = sum(count * each.get(channel, 0) for count, each in shares)
        assert found == pytest.approx(total, abs=1e-9)
