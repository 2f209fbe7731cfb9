"""A run that builds on the state makes the same tables, cell by cell, as a full rebuild.

Hundreds of generated worlds are delivered over several runs: late, early, restated, withdrawn and
come again, with an as_of that goes on, back and nowhere. After every run every table of a build on
the state is held against that of a rebuild of the same raw layer, and at the end against the
recount.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from journey.transform import inputs, state
from tests.parsed_project import REPO, give_parsed_project
from tests.reference.compare import compare
from tests.reference.histories import generated_worlds, renamed, world_prefix
from tests.reference.run import Run
from tests.reference.runs import RUNS
from tests.transform.incremental import replay
from tests.transform.incremental.deliveries import Raw, scheduled
from tests.transform.incremental.runs import (
    differences,
    rebuild,
    run_on_state,
    settings_of,
    share_files,
)

WORLDS, MORE_WORLDS = 100, 300
# A day, several at once, a day back, to the end, and one more run of late rows alone.
DAYS_BEFORE_THE_END = (40, 39, 12, 13, 0, 0)


@dataclass(frozen=True)
class Builds:
    """The statements of a full build and of one on a state."""

    full: replay.Recorded
    on_state: replay.Recorded


def worlds_of(run: Run, count: int, seed: int) -> list[list]:
    found = enumerate(generated_worlds(run, count, seed))
    return [[renamed(row, world_prefix(number)) for row in rows] for number, rows in found]


def as_ofs_of(run: Run) -> list[datetime]:
    return [run.as_of - timedelta(days=days) for days in DAYS_BEFORE_THE_END]


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Two runs by dbt, of which the second builds on the state, and a rebuild beside it."""
    folder = tmp_path_factory.mktemp("recorded")
    data_dir, beside = folder / "data", folder / "full"
    _, run = RUNS["orders_in_utc"]
    as_ofs = as_ofs_of(run)[:2]
    raw = Raw(data_dir)
    runs = scheduled(worlds_of(run, 20, 5), as_ofs, 5)
    for number, (rows, as_of) in enumerate(zip(runs, as_ofs, strict=True)):
        raw.add(rows)
        given = run_on_state(settings_of(data_dir, run, as_of), f"run{number}")
    assert given.state, given.reason
    assert people_changed(data_dir)
    rebuild(data_dir, beside)
    assert differences(data_dir, beside) == {}
    project = REPO / "dbt_project"
    return Builds(replay.Recorded.of(beside, project), replay.Recorded.of(data_dir, project))


def people_changed(data_dir: Path) -> int:
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        (found,) = connection.execute(
            "select count(*) from intermediate.int_people_changed"
        ).fetchall()
        return found[0]


@pytest.mark.timeout(1800)
def test_a_build_by_dbt_on_the_state_is_a_rebuild(builds: Builds) -> None:
    """What the others run again is what dbt ran: the fixture holds both builds by dbt together."""
    assert all(node.statements for node in builds.on_state.nodes if node.kind != "python")
    parts = [node for node in builds.on_state.nodes if '"part"."' in node.statements]
    assert {node.name for node in parts} == {n.name for n in builds.on_state.nodes if n.is_keyed}


def test_the_change_set_reads_all_that_touchpoints_are_made_of(builds: Builds) -> None:
    """A kind of touchpoint that it does not know would change without being noticed."""
    reads = {node.name: set(node.reads) for node in builds.on_state.nodes}
    made_of = {name for name in reads["int_touchpoints_unioned"] if name.startswith("model.")}
    known = reads["int_people_changed"] | {"model.journey.int_bots_recognized"}
    assert made_of <= known


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", RUNS)
def test_every_run_on_a_state_equals_a_rebuild_and_the_last_the_recount(
    builds: Builds, tmp_path: Path, name: str
) -> None:
    seed, run = RUNS[name]
    data_dir = runs_agree(builds, tmp_path, run, WORLDS, seed)
    give_parsed_project(data_dir, REPO)
    found = compare(data_dir)
    assert not found.differences, "\n".join(str(each) for each in found.differences[:20])


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 110))
def test_thousands_of_histories_agree(builds: Builds, tmp_path: Path, seed: int) -> None:
    _, run = RUNS[list(RUNS)[seed % len(RUNS)]]
    runs_agree(builds, tmp_path, run, MORE_WORLDS, seed)


def test_a_change_set_that_misses_people_is_noticed(builds: Builds, tmp_path: Path) -> None:
    """The comparison would be worth nothing if it passed without any change set."""

    def without_people(node: replay.Node) -> replay.Node:
        if node.name != "int_people_changed":
            return node
        last = "select * from changed"
        assert last in node.statements
        return replace(node, statements=node.statements.replace(last, f"{last} where false"))

    nodes = tuple(map(without_people, builds.on_state.nodes))
    missing = Builds(builds.full, replace(builds.on_state, nodes=nodes))
    _, run = RUNS["orders_in_utc"]
    found: dict = {}

    def note(_: int, each: dict) -> None:
        found.update(each)

    play(missing, tmp_path, run, worlds_of(run, 10, 7), 7, as_ofs_of(run)[:2], note)
    assert {"marts.touchpoints", "marts.visits", "marts.people"} <= found.keys()


def runs_agree(builds: Builds, folder: Path, run: Run, count_: int, seed: int) -> Path:
    def agree(number: int, found: dict) -> None:
        assert found == {}, f"run {number} of seed {seed}"

    return play(builds, folder, run, worlds_of(run, count_, seed), seed, as_ofs_of(run), agree)


def play(
    builds: Builds,
    folder: Path,
    run: Run,
    worlds: list[list],
    seed: int,
    as_ofs: list[datetime],
    judge: Callable[[int, dict], None],
) -> Path:
    """Deliver the worlds over the runs, and judge what each build says otherwise than a rebuild."""
    data_dir, beside = folder / "data", folder / "full"
    raw, drawn = Raw(data_dir), random.Random(seed)
    for number, (rows, as_of) in enumerate(
        zip(scheduled(worlds, as_ofs, seed), as_ofs, strict=True)
    ):
        raw.add(rows)
        if number > 1:
            raw.withdraw(drawn)
        settings = settings_of(data_dir, run, as_of)
        given = state.basis(settings)
        assert bool(given.state) == bool(number), given.reason
        inputs.write(settings, f"run{number}", given.state and given.state.as_of)
        state.begin(settings, given)
        if given.state:
            before = data_dir / given.state.warehouse
            replay.build(builds.on_state, data_dir, state=before, changes=state.changes(given))
        else:
            replay.build(builds.full, data_dir)
        state.note_built(settings, given)
        share_files(data_dir, beside)
        replay.build(builds.full, beside)
        judge(number, differences(data_dir, beside))
        state.keep(settings, f"run{number}")
    return data_dir
