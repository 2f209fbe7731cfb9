"""`make bench`: seconds and peak memory of each step of a run, beside the least it could cost.

The floor is the time DuckDB needs, in the same run and with the same threads, just to read the
same landing files whole and sort them by person and time. The constant start-up is the run of a
shop with hardly any people over the same days: imports, catalogue, dbt and the gates' own start.

    make bench                              # 100,000 events
    make bench BENCH="--events 5000000"
"""

import argparse
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import psutil
from rich.console import Console
from rich.table import Table

from tests.conftest import JOURNEY, Shop, make_shop

EVENTS_PER_PERSON = 50  # of the default shop; only the size of the bench depends on it
READERS = {
    "segment": (
        "select * from read_json('{path}', format = 'newline_delimited', ignore_errors = true)",
        '"anonymousId", "timestamp"',
    ),
    "sendgrid": (
        "select * from read_json('{path}', columns = {{email: 'varchar', timestamp: 'varchar',"
        " event: 'varchar', sg_event_id: 'varchar', url: 'varchar', category: 'json'}})",
        "email, timestamp",
    ),
    "shopify": (
        "select unnest(orders) as o from read_json('{path}', maximum_object_size = 33554432)",
        "o.email, o.created_at",
    ),
    "csv": ("select * from read_csv('{path}', all_varchar = true, ignore_errors = true)", "2, 1"),
}


@dataclass
class Step:
    name: str
    seconds: float
    peak_gb: float


@dataclass
class Watch:
    """Memory of a process and all its children, ten times a second."""

    process: psutil.Process
    peak: float = 0.0
    total_peak: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        while not self.done.wait(0.1):
            used = 0
            try:
                family = [self.process, *self.process.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for member in family:
                try:
                    used += member.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak = max(self.peak, used / 1e9)
            self.total_peak = max(self.total_peak, used / 1e9)

    def take_peak(self) -> float:
        peak, self.peak = self.peak, 0.0
        return peak


def one_run(shop: Shop) -> tuple[list[Step], float, float]:
    """One run; a step ends where its progress line is printed."""
    started = last = time.monotonic()
    process = subprocess.Popen(
        [JOURNEY, "run"],
        stdout=subprocess.PIPE,
        text=True,
        env=shop.environment(PYTHONUNBUFFERED="1"),
    )
    watch = Watch(psutil.Process(process.pid))
    thread = threading.Thread(target=watch.look, daemon=True)
    thread.start()
    steps = []
    for line in process.stdout:
        if line.startswith(("✓", "✗")):
            now = time.monotonic()
            steps.append(Step(line[1:].split("  ")[0].strip(), now - last, watch.take_peak()))
            last = now
    code = process.wait()
    watch.done.set()
    thread.join()
    if code:
        raise SystemExit(f"the run failed with exit code {code}")
    return steps, time.monotonic() - started, watch.total_peak


def floor(landing: Path, scratch: Path) -> float:
    """Seconds to read every landing file whole and sort each delivery by person and time."""
    with duckdb.connect(str(scratch / "floor.duckdb")) as connection:
        connection.execute("set temp_directory = '" + str(scratch / "spill") + "'")
        started = time.monotonic()
        for folder in sorted(path for path in landing.iterdir() if path.is_dir()):
            kind = folder.name if folder.name in READERS else "csv"
            query, order = READERS[kind]
            query = query.format(path=folder / "*")
            connection.execute(
                f"create table {folder.name} as select * from ({query}) order by {order}"
            )
        return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--keep", type=Path, help="work here and leave everything in place")
    given = parser.parse_args()
    people = max(given.events // EVENTS_PER_PERSON, 20)
    root = given.keep or Path(tempfile.mkdtemp(prefix="journey-bench-"))
    shop, empty = make_shop(root / "shop"), make_shop(root / "empty")
    for one, size in ((shop, people), (empty, 20)):
        if not (one.data_dir / "landing").exists():
            done = one.journey("simulate", "--people", str(size), "--days", str(given.days))
            assert done.returncode == 0, done.stderr
    _, constant, _ = one_run(empty)
    seconds_of_floor = floor(shop.data_dir / "landing", root)
    steps, total, peak = one_run(shop)
    again = floor_again(shop, root)
    report(steps, total, peak, constant, [seconds_of_floor, again], shop)
    if not given.keep:
        shutil.rmtree(root)


def floor_again(shop: Shop, root: Path) -> float:
    """The floor once more after the run: a shared machine's speed drifts."""
    (root / "floor.duckdb").unlink()
    return floor(shop.data_dir / "landing", root)


def report(
    steps: list[Step],
    total: float,
    peak: float,
    constant: float,
    floors: list[float],
    shop: Shop,
) -> None:
    console = Console()
    table = Table("step", "seconds", "peak GB", title="one run")
    for step in steps:
        table.add_row(step.name, f"{step.seconds:.1f}", f"{step.peak_gb:.2f}")
    console.print(table)
    with duckdb.connect(str(shop.published / "current.duckdb"), read_only=True) as connection:
        rows = connection.execute("select count(*) from marts.touchpoints").fetchone()[0]
    least = sum(floors) / len(floors)
    console.print(f"touchpoints published        {rows:>12,}")
    console.print(f"whole run                    {total:>12.1f} s, peak {peak:.2f} GB")
    console.print(f"constant start-up            {constant:>12.1f} s")
    console.print(
        f"floor: read and sort         {least:>12.1f} s ({floors[0]:.1f}, {floors[1]:.1f})"
    )
    console.print(f"(run - constant) / floor     {(total - constant) / least:>12.1f}")


if __name__ == "__main__":
    main()
