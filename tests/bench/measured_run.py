"""One run of `journey`: processor seconds and peak memory of each of its steps."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psutil

from tests.conftest import JOURNEY, Shop

# What a line of progress ends, by the first part of its name.
STEPS = {
    "raw": "start and ingest",
    "models": "dbt: models and tests",
    "gate": "gate",
    "published": "publish",
    "report": "report",
}
LAST_STEP = "docs and end"


@dataclass
class Step:
    name: str
    processor_seconds: float
    peak_gb: float


@dataclass
class Measured:
    """A whole run: its steps in order, and the time that passed."""

    steps: list[Step]
    seconds: float

    @property
    def processor_seconds(self) -> float:
        return sum(step.processor_seconds for step in self.steps)

    @property
    def peak_gb(self) -> float:
        return max(step.peak_gb for step in self.steps)


@dataclass
class _Watch:
    """A process and all its children: memory ten times a second, and the time that they used."""

    process: psutil.Process
    peak: float = 0.0
    used: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    def look_on(self) -> None:
        while not self.done.wait(0.1):
            self.look()

    def look(self) -> None:
        memory = used = 0.0
        for member in self._family():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = member.cpu_times()
                # Children that have ended are in the account of their parent.
                used += times.user + times.system + times.children_user + times.children_system
                memory += member.memory_info().rss
        self.peak = max(self.peak, memory / 1e9)
        self.used = max(self.used, used)

    def _family(self) -> Iterator[psutil.Process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            yield self.process
            yield from self.process.children(recursive=True)

    def take_peak(self) -> float:
        peak, self.peak = self.peak, 0.0
        return peak


def run(shop: Shop, *arguments: str) -> Measured:
    """`journey run`; a step ends with the last line of progress that bears its name."""
    started = time.monotonic()
    process = subprocess.Popen(
        [JOURNEY, "run", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=shop.environment(PYTHONUNBUFFERED="1"),
        cwd=shop.home,
    )
    watch = _Watch(psutil.Process(process.pid))
    thread = threading.Thread(target=watch.look_on, daemon=True)
    thread.start()
    steps: list[Step] = []
    before = 0.0
    for name in _ended_steps(process.stdout):
        watch.look()
        if not steps or steps[-1].name != name:
            steps.append(Step(name, 0.0, 0.0))
        steps[-1].processor_seconds += watch.used - before
        steps[-1].peak_gb = max(steps[-1].peak_gb, watch.take_peak())
        before = watch.used
    watch.done.set()
    thread.join()
    if process.wait():
        raise SystemExit(f"the run failed with exit code {process.returncode}")
    return Measured(steps, time.monotonic() - started)


def _ended_steps(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith(("✓", "✗")):
            name = STEPS.get(line[1:].split()[0].split("/")[0])
            if name:
                yield name
    yield LAST_STEP
