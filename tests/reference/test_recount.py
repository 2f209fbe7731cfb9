"""The warehouse agrees, cell by cell, with a recount that was written without looking at it.

Hundreds of generated worlds (a few people each, no identifier in common) go through one build; a
difference names the smallest world that shows it.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from journey.stats.likelihood import LEAST, MOST

from . import value
from .beside_worlds import regular_buyers, spend_around
from .compare import Comparison, compare
from .compare_attribution import attribution_differences
from .histories import generated_worlds, merged
from .recount import Recount
from .rows import Row, gathered
from .run import Run
from .runs import RUNS
from .shrink import differing_worlds, shrunk
from .warehouse import build_marts, read_table, write_data_dir

WORLDS = 300
SMALL = 30  # people; fewer say little

# Two more of the same, for `make test-long`.
OTHERS = [name for name in RUNS if name != "orders_in_utc"]


@pytest.mark.long
@pytest.mark.parametrize(
    "name", ["orders_in_utc", *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
)
def test_marts_agree_with_the_recount_on_generated_histories(name: str, tmp_path: Path):
    seed_number, run = RUNS[name]
    found = generated_worlds(run, WORLDS, seed_number)
    rows = [*merged(found), *regular_buyers(run), *spend_around(run)]
    data_dir = tmp_path / "data"
    write_data_dir(data_dir, gathered(rows), run)
    # The tests of the data in one of the runs: what they ask for is in the comparison of every one.
    build_marts(data_dir, *(() if name == "orders_in_utc" else ("fqn:*",)))
    comparison = compare(data_dir)
    assert not comparison.differences, explained(comparison, found, run, tmp_path)
    assert all(comparison.cells.values()), comparison.cells
    differences = list(attribution_differences(data_dir, comparison.recount))
    assert not differences, "\n".join(str(each) for each in differences[:20])
    assert_fits_are_the_most_likely(data_dir, comparison.recount)


def assert_fits_are_the_most_likely(data_dir: Path, recounted: Recount) -> None:
    """The comparison takes fitted parameters as given; no step away from them is more likely."""
    people, run = recounted.people, recounted.run
    fits = read_table(data_dir, "intermediate.int_purchase_rates_fitted")
    ends = value.spans(people, run)
    assert {row["span"] for row in fits} == set(ends)
    for row in fits:
        seen = list(value.histories(people, run, ends[row["span"]]).values())
        assert (row["buyers"], row["repeat_buyers"]) == (
            len(seen),
            sum(each.repeats > 0 for each in seen),
        )
        assert row["is_fitted"] == (row["repeat_buyers"] >= SMALL)
        if row["is_fitted"]:
            at = tuple(row[name] for name in ("r", "alpha", "a", "b"))
            assert_no_step_is_up(at, lambda rates, seen=seen: value.log_likelihood(rates, seen))
    (worth,) = read_table(data_dir, "intermediate.int_purchase_values_fitted")
    assert worth["is_fitted"]
    seen = value.histories(people, run, ends["whole"]).values()
    means = [float(sum(each.values)) / len(each.values) for each in seen if each.values]
    unit = sum(means) / len(means)  # in which the scale of worths is looked for
    assert_no_step_is_up(
        (worth["p"], worth["q"], worth["v"] / unit),
        lambda each: value.worth_log_likelihood((each[0], each[1], each[2] * unit), seen),
    )
    assert_backtest(data_dir, recounted, ends)


def assert_no_step_is_up(parameters: tuple, likelihood: Callable[[tuple], float]) -> None:
    highest = likelihood(parameters)
    for steps in itertools.product((-0.01, 0, 0.01), repeat=len(parameters)):
        moved = tuple(each * (1 + step) for each, step in zip(parameters, steps, strict=True))
        # beyond the bounds of the search there may be more
        if all(LEAST <= each <= MOST for each in moved):
            assert likelihood(moved) <= highest + 1e-4, (parameters, steps)


def assert_backtest(data_dir: Path, recounted: Recount, ends: dict) -> None:
    (found,) = read_table(data_dir, "intermediate.int_purchases_backtested")
    seen = value.histories(recounted.people, recounted.run, ends["first_half"]).values()
    days = (ends["whole"] - ends["first_half"]).days
    rates = recounted.fits.rates["first_half"]
    expected = [value.expected_purchases(rates, each, days) for each in seen]
    missed = [abs(e - each.later) for e, each in zip(expected, seen, strict=True)]
    assert (found["days_ahead"], found["buyers"]) == (days, len(seen))
    assert found["actual_purchases"] == sum(each.later for each in seen) > 0
    assert found["predicted_purchases"] == pytest.approx(sum(expected))
    assert found["mean_absolute_error"] == pytest.approx(sum(missed) / len(missed))


def explained(comparison: Comparison, found: list[list[Row]], run: Run, folder: Path) -> str:
    """The differences by mart and column, and the smallest history that shows one."""
    differences = comparison.differences
    counts = Counter((each.mart, each.column) for each in differences)
    lines = [f"{len(differences)} of {comparison.total} cells differ: {dict(counts)}"]
    by_world = differing_worlds(differences, len(found))
    if by_world:
        smallest = min(by_world, key=lambda number: len(found[number]))
        world, differences = shrunk(found[smallest], run, folder / "shrink")
        lines.append(f"{len(by_world)} worlds show it; what is left of number {smallest}:")
        lines += [f"  {described(row)}" for row in sorted(world, key=lambda row: row.instant)]
    return "\n".join([*lines, *(str(each) for each in differences[:20])])


def described(row: Row) -> str:
    """A row without what says nothing."""
    names = [name for name in row.__dataclass_fields__ if name not in ("load_id", "user_agent")]
    values = [(name, getattr(row, name)) for name in names]
    said = ", ".join(f"{name}={value}" for name, value in values if value is not None)
    return f"{row.kind}({said})"
