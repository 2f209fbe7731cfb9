"""`make bench`: what a run costs, step by step, beside the least it could cost.

Three runs of the demo shop: all days but the last, the last day on the state that they left, and a
rebuild of all. What they cost whatever the size is that of a shop with hardly any people over the
same days. The floor is DuckDB reading the same files whole and sorting them by person and time.

    make bench                                     # 100,000 events, printed
    make bench BENCH="--events 1000000 --record"   # into docs/performance.json, and its page
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import psutil

from journey.core import memory
from tests.bench import page
from tests.bench.floor import floor
from tests.bench.measured_run import Measured, run
from tests.conftest import REPO, Shop, make_shop

EVENTS_PER_PERSON = 50  # of the default shop; only the size of the bench depends on it
HARDLY_ANY = 20
ON_STATE = {"JOURNEY_FULL_REBUILD_EVERY_DAYS": "7"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--keep", type=Path, help="work here and leave everything in place")
    parser.add_argument("--record", action="store_true", help="write docs/performance.json and .md")
    given = parser.parse_args()
    root = given.keep or Path(tempfile.mkdtemp(prefix="journey-bench-"))
    try:
        found = measure(root, max(given.events // EVENTS_PER_PERSON, HARDLY_ANY), given.days)
    finally:
        if not given.keep:
            shutil.rmtree(root, ignore_errors=True)
    if given.record:
        page.record(found)
    print(page.described(found))


def measure(root: Path, people: int, days: int) -> dict:
    """Everything of one size, as it is written down."""
    shop = simulated(root / "shop", people, days)
    smallest = simulated(root / "smallest", HARDLY_ANY, days)
    constant = {name: of_run(one) for name, one in measured_runs(smallest)}
    floors = [floor(shop.data_dir / "landing", root)]
    runs = {}
    for name, one in measured_runs(shop):
        runs[name] = of_run(one)
        if name == "day":
            changed = changed_by_the_day(shop)
    floors.append(floor(shop.data_dir / "landing", root))  # a shared machine's speed drifts
    return {
        "measured_on": date.today().isoformat(),
        "commit": commit(),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9),
        },
        "memory_limit": memory.default_limit(),
        "days": days,
        "floor_seconds": round(sum(floors) / len(floors), 1),
        **changed,
        "runs": runs,
        "smallest": constant,
    }


def simulated(home: Path, people: int, days: int) -> Shop:
    shop = make_shop(home, env=ON_STATE)
    if not (shop.data_dir / "landing").exists():
        done = shop.journey("simulate", "--people", str(people), "--days", str(days))
        assert done.returncode == 0, done.stderr
    return shop


def measured_runs(shop: Shop) -> Iterator[tuple[str, Measured]]:
    """The rebuild comes last: it makes what the day has made, of the same files."""
    yield "first", run(shop, "--to", last_day_but_one(shop))
    yield "day", run(shop)
    yield "rebuild", run(shop, "--full-rebuild")


def last_day_but_one(shop: Shop) -> str:
    truth = json.loads((shop.data_dir / "landing" / "ground_truth.json").read_text())
    return str((datetime.fromisoformat(truth["as_of"]) - timedelta(days=2)).date())


def changed_by_the_day(shop: Shop) -> dict[str, int]:
    """How many touchpoints and people there are, and how many of those whom the day changed."""
    changed = "person_id in (select person_id from intermediate.int_people_changed)"
    with duckdb.connect(str(shop.data_dir / "warehouse.duckdb"), read_only=True) as connection:
        (row,) = connection.execute(
            f"""select
                (select count(*) from marts.touchpoints),
                (select count(*) from marts.touchpoints where {changed}),
                (select count(*) from marts.people),
                (select count(*) from marts.people where {changed})"""
        ).fetchall()
    names = ("touchpoints", "touchpoints_changed", "people", "people_changed")
    return dict(zip(names, row, strict=True))


def of_run(one: Measured) -> dict:
    steps = [
        {
            "name": step.name,
            "processor_seconds": round(step.processor_seconds, 1),
            "peak_gb": round(step.peak_gb, 2),
        }
        for step in one.steps
    ]
    return {"seconds": round(one.seconds, 1), "steps": steps}


def commit() -> str:
    git = ["git", "-C", str(REPO)]
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return head.stdout.strip()


if __name__ == "__main__":
    main()
