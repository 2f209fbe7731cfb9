"""Any sequence of deliveries, against plain Python: what counts is what the paths said last."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from journey import ingest
from journey.core.errors import DataError
from tests.ingest.accounts import FIRST, assert_accounted, latest_amounts
from tests.ingest.conftest import TODAY, Warehouse
from tests.ingest.rows import csv_of, good

NAMES = ("2026-02-01_p.csv", "2026-02-01_q.csv", "2026-02-02_p.csv", "2026-02-03_p.csv")
KEYS = ("a", "b", "c")
BROKEN = 0
contents = some.dictionaries(some.sampled_from(KEYS), some.integers(BROKEN, 2), max_size=3).map(
    lambda amounts: tuple(sorted(amounts.items()))
)
names = some.sampled_from(NAMES)
steps = some.one_of(
    some.tuples(some.just("write"), names, contents),
    some.tuples(some.just("copy"), names, names),
    some.tuples(some.just("move"), names, names),
)
# Before each run some files are written, copied and renamed; a gate may fail on what it found.
runs = some.lists(
    some.tuples(some.lists(steps, max_size=4), some.sampled_from([True, True, True, False])),
    min_size=1,
    max_size=6,
)


@dataclass
class Plainly:
    """What the paths hold, what was loaded of it, and what that means."""

    is_dated: bool
    landing: dict[str, tuple] = field(default_factory=dict)
    seen: dict[str, tuple] = field(default_factory=dict)
    loaded: dict[str, tuple] = field(default_factory=dict)

    def take(self, step: tuple) -> None:
        what, name, given = step
        if what == "write":
            self.landing[name] = given
        elif name in self.landing and given != name:
            self.landing[given] = self.landing[name]
            if what == "move":
                del self.landing[name]

    def run(self, day: date, *, is_kept: bool) -> None:
        for name, content in self.landing.items():
            if self.seen.get(name, ("", None))[1] != content:
                self.seen[name] = (day, content)
        if not is_kept:
            return
        said = {name: self.seen[name] for name in self.landing}
        there = set(self.landing.values())
        self.loaded = said | {
            name: held
            for name, held in self.loaded.items()
            if name not in said and held[1] not in there
        }

    @property
    def amounts(self) -> dict[str, int]:
        order = sorted(
            self.loaded, key=lambda name: (name if self.is_dated else self.loaded[name][0], name)
        )
        latest: dict[str, int] = {}
        for name in order:
            latest |= {key: amount for key, amount in self.loaded[name][1] if amount != BROKEN}
        return latest

    @property
    def broken(self) -> list[tuple[str, str]]:
        return sorted(
            (f"landing/{name}", key)
            for name, (_, content) in self.loaded.items()
            for key, amount in content
            if amount == BROKEN
        )

    def set_aside(self, results) -> set[str]:
        """Keys of what these files of a load hold that is in quarantine now."""
        taken = {result.file_name.removeprefix("landing/") for result in results}
        return {key for name in taken for key, amount in self.loaded[name][1] if amount == BROKEN}

    @property
    def latest(self) -> date | None:
        """Each amount has a day of its own."""
        days = [
            FIRST - timedelta(days=3 - amount)
            for _, content in self.loaded.values()
            for _, amount in content
            if amount != BROKEN
        ]
        return max(days, default=None)


def file_of(content: tuple) -> str:
    rows = [
        good(
            "orders",
            order_id=key,
            net_amount=str(amount),
            ordered_at=str(FIRST - timedelta(days=3 - amount)),
            currency="?" if amount == BROKEN else "GBP",
        )
        for key, amount in content
    ]
    return csv_of([*rows, good("orders")]).rpartition("\n")[0].rpartition("\n")[0] + "\n"


def assert_as_delivered(warehouse, plainly: Plainly) -> None:
    assert latest_amounts(warehouse) == plainly.amounts
    assert warehouse.quarantine("orders", "file_name, row_text ->> 'order_id'") == plainly.broken
    assert ingest.latest_event_date(warehouse.settings) == plainly.latest
    firsts = [
        key for key, is_more in warehouse.rows("orders", "order_id, is_restatement") if not is_more
    ]
    assert len(firsts) == len(set(firsts)), "staging looks at restated keys alone"


@pytest.mark.parametrize("is_dated", [True, False], ids=["dated", "undated"])
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(runs=runs)
def test_what_counts_is_what_the_paths_said_last_in_runs_and_in_a_refresh(
    is_dated: bool, runs
) -> None:
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        warehouse.source("orders", path="landing/{date}_*.csv" if is_dated else "landing/*.csv")
        landing = warehouse.data_dir / "landing"
        landing.mkdir(parents=True)
        plainly = Plainly(is_dated)
        today = TODAY
        for taken, is_kept in runs:
            for step in taken:
                plainly.take(step)
            for old in landing.iterdir():
                if old.name not in plainly.landing:
                    old.unlink()
            for name, content in plainly.landing.items():
                warehouse.deliver(name, file_of(content))
            today += timedelta(days=1)
            before = plainly.amounts
            plainly.run(today, is_kept=is_kept)
            with warehouse.prepare("orders", today=today) as pending:
                assert_accounted(pending)
                pending.commit() if is_kept else pending.discard()
            assert_as_delivered(warehouse, plainly)
            if is_kept:
                gone = sum(gone.rows for gone in pending.withdrawn)
                said = plainly.amounts.keys() | plainly.set_aside(pending.results)
                assert gone == len(before.keys() - said)
                assert ingest.plan(warehouse.settings, today=today) == []
                assert ingest.sweep(warehouse.settings) == 0
        warehouse.load("orders", today=today)
        plainly.run(today, is_kept=True)
        if set(plainly.loaded) - set(plainly.landing):
            with pytest.raises(DataError, match="would lose the rows"):
                ingest.reset(warehouse.settings)
            assert_as_delivered(warehouse, plainly)
            return
        by_runs = warehouse.rows("orders", "order_id, net_amount")
        ingest.reset(warehouse.settings)
        warehouse.load("orders", today=today)
        assert_as_delivered(warehouse, plainly)
        assert set(warehouse.rows("orders", "order_id, net_amount")) == set(by_runs)
