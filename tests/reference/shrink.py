"""The smallest part of a world that still shows a difference, found with few builds.

A build costs seconds whatever it holds, so every round tries all smaller worlds at once: without a
half, a quarter, an eighth, a single row.
"""

from pathlib import Path

from .compare import Difference, compare
from .histories import merged, world_prefix
from .rows import Row, gathered
from .run import Run
from .warehouse import build_marts, write_data_dir

World = list[Row]
ROUNDS = 12


def differing_worlds(differences: list[Difference], count: int) -> dict[int, list[Difference]]:
    """The differences that name a world, by its number. Those of sums name none."""
    found: dict[int, list[Difference]] = {}
    for difference in differences:
        text = " ".join(str(part) for part in difference.key)
        for number in range(count):
            if world_prefix(number) in text:
                found.setdefault(number, []).append(difference)
                break
    return found


def shrunk(world: World, run: Run, folder: Path) -> tuple[World, list[Difference]]:
    """What is left of the world, and its differences."""
    differences: list[Difference] = []
    for number in range(ROUNDS):
        candidates = [world, *smaller(world)] if number == 0 else smaller(world)
        data_dir = folder / f"round-{number}"
        write_data_dir(data_dir, gathered(merged(candidates)), run)
        build_marts(data_dir, "fqn:*")
        differing = differing_worlds(compare(data_dir).differences, len(candidates))
        if not differing:
            break
        best = min(differing, key=lambda each: len(candidates[each]))
        world, differences = candidates[best], differing[best]
    return world, differences


def smaller(world: World) -> list[World]:
    """The world without a stretch of its rows: each half, each quarter, … each row."""
    found = []
    length = len(world) // 2
    while length >= 1:
        for start in range(0, len(world), length):
            rest = [*world[:start], *world[start + length :]]
            if rest:
                found.append(rest)
        length //= 2
    return found
