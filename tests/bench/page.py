"""docs/performance.md, made of docs/performance.json, which has the last bench of each size."""

import json
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.conftest import REPO

RESULTS = REPO / "docs" / "performance.json"
PAGE = REPO / "docs" / "performance.md"
RUNS = {
    "first": "first load, all days but the last",
    "day": "one more day",
    "rebuild": "rebuild of all (`--full-rebuild`)",
}
HEAD = """# Performance

What a run of the demo shop costs, in seconds of processor time of the whole process tree. Made by
`make bench BENCH="--events 1000000 --record"` of `docs/performance.json`; do not edit it.

- *First load*: all days but the last, on an empty warehouse.
- *One more day*: the last day, built on the state of the run before.
- *Rebuild*: all tables anew of the same files, nothing loaded (`journey run --full-rebuild`).
- *Smallest shop*: the same runs of a shop with hardly any people over the same days: what a run
  costs at any size, most of it the start of the tools.
- *Floor*: DuckDB reads the same landing files whole and sorts them by person and time.
"""


def record(found: dict) -> None:
    """Put a bench in the place of the last one of its size, and make the page anew."""
    others = [one for one in recorded() if not _is_same_size(one, found)]
    results = sorted([*others, found], key=lambda one: one["touchpoints"])
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")


def recorded() -> list[dict]:
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []


def page(results: Sequence[dict]) -> str:
    parts = [HEAD, *(described(one) for one in results)]
    if len(results) > 1:
        parts.append(_growth(results))
    return "\n".join(parts)


def described(one: dict) -> str:
    """One size in words and tables."""
    machine = one["machine"]
    lines = [
        f"## {one['touchpoints']:,} touchpoints of {one['people']:,} people, {one['days']} days",
        "",
        f"Measured on {one['measured_on']} at commit `{one['commit']}` on a machine of "
        f"{machine['cores']} cores and",
        f"{machine['memory_gb']} GB of memory; `memory_limit` {one['memory_limit']}.",
        "",
        *_steps(one["runs"]),
        "",
        *_conclusions(one),
        "",
        "The smallest shop, which is what a run costs at any size:",
        "",
        *_steps(one["smallest"]),
        "",
    ]
    return "\n".join(lines)


def _steps(runs: dict[str, dict]) -> Iterator[str]:
    names = list(dict.fromkeys(step["name"] for one in runs.values() for step in one["steps"]))
    yield "| step | " + " | ".join(RUNS[name] for name in runs) + " |"
    yield "|---|" + "---:|" * len(runs)
    for name in names:
        yield _row(name, [_of_step(one, name) for one in runs.values()])
    yield _row("**whole, processor seconds**", [processor_seconds(one) for one in runs.values()])
    yield _row("whole, seconds that passed", [one["seconds"] for one in runs.values()])
    yield _row("peak of memory, GB", [peak_gb(one) for one in runs.values()], digits=2)


def _row(name: str, values: Sequence[float], digits: int = 1) -> str:
    return f"| {name} | " + " | ".join(f"{value:.{digits}f}" for value in values) + " |"


def _of_step(one: dict, name: str) -> float:
    return sum(step["processor_seconds"] for step in one["steps"] if step["name"] == name)


def processor_seconds(one: dict) -> float:
    return sum(step["processor_seconds"] for step in one["steps"])


def peak_gb(one: dict) -> float:
    return max(step["peak_gb"] for step in one["steps"])


def beyond_the_smallest(one: dict, name: str) -> float:
    """What a run costs more than that of the smallest shop."""
    return processor_seconds(one["runs"][name]) - processor_seconds(one["smallest"][name])


def _conclusions(one: dict) -> Iterator[str]:
    day, rebuild = beyond_the_smallest(one, "day"), beyond_the_smallest(one, "rebuild")
    touchpoints = one["touchpoints_changed"] / one["touchpoints"]
    people = one["people_changed"] / one["people"]
    above_floor = beyond_the_smallest(one, "first") / one["floor_seconds"]
    yield f"- The day may have changed {people:.1%} of the people, who have {touchpoints:.1%} of"
    yield "  the touchpoints."
    yield f"- The day costs {day / rebuild:.0%} of the rebuild, both less the smallest shop's."
    yield f"- The floor is {one['floor_seconds']:.1f} seconds; the first load, less the smallest"
    yield f"  shop's, costs {above_floor:.1f} times that."


def _growth(results: Sequence[dict]) -> str:
    lines = [
        "## Growth",
        "",
        "Exponents from size to size: 1 is in proportion to the history.",
        "",
        "| from | to | " + " | ".join(RUNS.values()) + " |",
        "|---:|---:|" + "---:|" * len(RUNS),
    ]
    for smaller, larger in pairwise(results):
        sizes = [f"{one['touchpoints']:,}" for one in (smaller, larger)]
        exponents = [f"{_exponent(smaller, larger, name):.2f}" for name in RUNS]
        lines.append("| " + " | ".join([*sizes, *exponents]) + " |")
    return "\n".join([*lines, ""])


def _exponent(smaller: dict, larger: dict, name: str) -> float:
    costs = beyond_the_smallest(larger, name) / beyond_the_smallest(smaller, name)
    return math.log(costs) / math.log(larger["touchpoints"] / smaller["touchpoints"])


def _is_same_size(one: dict, other: dict) -> bool:
    """Shops of one size differ by a few rows: their last day is another."""
    return one["days"] == other["days"] and math.isclose(
        one["people"], other["people"], rel_tol=0.2
    )
