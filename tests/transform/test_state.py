"""What a run builds on: the state of the last published run, or nothing, and then it says why."""

import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from journey.core.settings import Settings
from journey.transform import inputs, state
from tests.conftest import Shop

AS_OF = "2026-01-01T00:00:00Z"
DAY = "event_date=2025-12-31"


def settings_of(shop: Shop, *lines: str, as_of: str = AS_OF) -> Settings:
    config = shop.home / "journey.toml"
    config.write_text("\n".join((*lines, "full_rebuild_every_days = 7")))
    return Settings.load(config, shop.data_dir, as_of=as_of)


def raw_file(settings: Settings, name: str, content: str = "rows") -> Path:
    path = settings.raw_dir / "orders" / DAY / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def build(settings: Settings, value: int) -> None:
    """A run up to the gate: its warehouse holds one value."""
    given = state.basis(settings)
    state.begin(settings, given)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(f"create or replace table made as select {value} as value")
    state.note_built(settings, given)


def value_of(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select value from made").fetchall()[0][0]


@pytest.fixture
def kept(shop: Shop) -> Settings:
    """A warehouse with a state, made of one file of raw."""
    settings = settings_of(shop)
    raw_file(settings, "shop-1-0_0")
    build(settings, 1)
    state.keep(settings, "first")
    return settings


def test_a_first_run_has_nothing_to_build_on(shop: Shop) -> None:
    given = state.basis(settings_of(shop))
    assert (given.state, given.reason) == (None, "there is no state to build on")
    assert state.environment(given) == {"JOURNEY_STATE": "", "JOURNEY_REBUILD": ""}


def test_every_run_is_a_rebuild_unless_days_are_set(kept: Settings) -> None:
    settings = kept.model_copy(update={"full_rebuild_every_days": 0})
    given = state.basis(settings)
    assert (given.state, given.reason) == (None, "")
    state.begin(settings, given)
    state.note_built(settings, given)
    state.keep(settings, "second")
    assert not settings.state_dir.exists(), "nothing builds on it"


def test_a_run_begins_with_a_copy_and_knows_which_files_came(kept: Settings) -> None:
    raw_file(kept, "shop-2-0_0")
    given = state.basis(kept)
    assert given.state
    assert given.state.as_of == datetime(2026, 1, 1, tzinfo=UTC)
    assert given.came == {"orders": [f"raw/orders/{DAY}/shop-2-0_0.parquet"]}
    assert not given.gone
    state.begin(kept, given)
    assert value_of(kept.warehouse_path) == 1
    changes = duckdb.execute(f"from '{kept.run_dir}/raw_changes.parquet'").fetchall()
    assert changes == [("orders", f"raw/orders/{DAY}/shop-2-0_0.parquet", False)]
    assert state.environment(given) == {
        "JOURNEY_STATE": "state/first.duckdb",
        "JOURNEY_REBUILD": "",
    }


def test_a_run_that_is_not_published_leaves_the_state_as_it_was(kept: Settings) -> None:
    build(kept, 2)
    assert value_of(kept.warehouse_path) == 2
    given = state.basis(kept)
    assert given.state
    assert value_of(kept.data_dir / given.state.warehouse) == 1


def test_a_published_run_is_the_state_and_the_one_before_is_gone(kept: Settings) -> None:
    build(kept, 2)
    state.keep(kept, "second")
    given = state.basis(kept)
    assert given.state
    assert value_of(kept.data_dir / given.state.warehouse) == 2
    assert {path.name for path in kept.state_dir.iterdir()} == {"second.duckdb", "state.json"}
    assert kept.state_dir.stat().st_mode & 0o777 == 0o700


def test_a_step_that_is_done_again_keeps_the_same(kept: Settings) -> None:
    state.keep(kept, "first")
    assert state.basis(kept).state


def test_a_file_that_went_is_compared_where_it_was_set_aside(kept: Settings) -> None:
    path = kept.raw_dir / "orders" / DAY / "shop-1-0_0.parquet"
    aside = kept.raw_dir / ".superseded" / "orders" / DAY
    aside.mkdir(parents=True)
    path.rename(aside / path.name)
    given = state.basis(kept)
    assert given.state
    assert given.gone == {"orders": [f"raw/.superseded/orders/{DAY}/{path.name}"]}
    build(kept, 2)
    state.keep(kept, "second")
    assert not aside.exists(), "the state is not made of it any more"


def gone(settings: Settings) -> None:
    (settings.raw_dir / "orders" / DAY / "shop-1-0_0.parquet").unlink()


def written_over(settings: Settings) -> None:
    raw_file(settings, "shop-1-0_0", "other rows")


def torn(settings: Settings) -> None:
    path = settings.state_dir / "state.json"
    path.write_text(path.read_text()[:-20])


def of_another_version(settings: Settings) -> None:
    path = settings.state_dir / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 0}))


def touched(settings: Settings) -> None:
    with duckdb.connect(str(settings.state_dir / "first.duckdb")) as connection:
        connection.execute("create table by_hand as select 1 as value")


def lost(settings: Settings) -> None:
    (settings.state_dir / "first.duckdb").unlink()


def old(settings: Settings) -> None:
    path = settings.state_dir / "state.json"
    moment = datetime.now(UTC) - timedelta(days=7)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"rebuilt_at": moment.isoformat()}))


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (gone, "files of the raw layer are gone without a trace"),
        (written_over, "files of the raw layer were written over"),
        (torn, "the state cannot be read"),
        (of_another_version, "the state is of another version"),
        (touched, "the warehouse of the state is not as a run left it"),
        (lost, "the warehouse of the state is not as a run left it"),
        (old, "the last rebuild is 7 days old (full_rebuild_every_days)"),
    ],
)
def test_a_state_that_may_not_hold_is_not_built_on(
    kept: Settings, harm: Callable[[Settings], None], reason: str
) -> None:
    harm(kept)
    given = state.basis(kept)
    assert (given.state, given.reason) == (None, reason)
    state.begin(kept, given)
    assert not kept.warehouse_path.exists()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("visit_timeout_minutes = 20", "visit_timeout_minutes is set otherwise"),
        (
            "own_domains = ['shop.example']\norders_from = 'web'",
            "orders_from, own_domains are set otherwise",
        ),
    ],
)
def test_settings_that_decide_rows_mean_a_rebuild(
    kept: Settings, shop: Shop, line: str, reason: str
) -> None:
    given = state.basis(settings_of(shop, line))
    assert (given.state, given.reason) == (None, reason)


def test_another_as_of_and_settings_of_operation_do_not(kept: Settings, shop: Shop) -> None:
    lines = ("keep_versions = 9", "alert_late_hours = 30", "threads = 1")
    assert state.basis(settings_of(shop, *lines, as_of="2026-02-01T00:00:00Z")).state


def test_a_teams_own_seeds_mean_a_rebuild(kept: Settings) -> None:
    seeds = kept.own_dir / "seeds"
    seeds.mkdir()
    (seeds / "personas.csv").write_text("persona\n")
    assert state.basis(kept).reason == "the seeds have changed"


def test_other_code_means_a_rebuild(kept: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "code_state", lambda: "another")
    assert state.basis(kept).reason == "the code has changed"


def test_a_rebuild_that_is_asked_for_needs_no_reason(kept: Settings) -> None:
    given = state.basis(kept, is_forced=True)
    assert (given.state, given.reason) == (None, "as asked")


def test_a_rebuild_is_what_the_days_are_counted_from(kept: Settings) -> None:
    rebuilt_at = state.basis(kept).state.rebuilt_at
    build(kept, 2)
    state.keep(kept, "second")
    assert state.basis(kept).state.rebuilt_at == rebuilt_at
    given = state.basis(kept, is_forced=True)
    state.begin(kept, given)
    duckdb.connect(str(kept.warehouse_path)).close()
    state.note_built(kept, given)
    state.keep(kept, "third")
    assert state.basis(kept).state.rebuilt_at > rebuilt_at


def test_a_warehouse_that_was_changed_after_its_build_is_no_state(kept: Settings) -> None:
    build(kept, 2)
    with duckdb.connect(str(kept.warehouse_path)) as connection:
        connection.execute("create table by_hand as select 1 as value")
    state.keep(kept, "second")
    assert state.basis(kept).reason == "there is no state to build on"


@pytest.mark.parametrize("fault", ["state.before_swap", "state.after_swap"])
def test_a_run_that_is_killed_while_it_is_kept_leaves_one_whole_state(
    kept: Settings, fault: str
) -> None:
    build(kept, 2)
    child = os.fork()
    if not child:
        os.environ["JOURNEY_FAULT"] = fault
        state.keep(kept, "second")
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    given = state.basis(kept)
    assert given.state
    found = value_of(kept.data_dir / given.state.warehouse)
    assert found == (1 if fault == "state.before_swap" else 2)
    build(kept, 3)
    state.keep(kept, "third")
    assert {path.name for path in kept.state_dir.iterdir()} == {"third.duckdb", "state.json"}


TABLES = """
create schema if not exists marts;
create schema if not exists intermediate;
create or replace table intermediate.int_people_changed as select 'cust:new' as person_id;
create or replace table marts.visits as
select * from (values ('cust:old', 1), ('cust:old', {second}), ('cust:new', {new}))
as visits (person_id, visit_number)
"""


@pytest.mark.parametrize(("second", "differing"), [(2, 0), (3, 2)])
def test_a_rebuild_is_held_against_the_state(shop: Shop, second: int, differing: int) -> None:
    """Of people who may have changed it says nothing; of all others, rows that are not the same."""
    settings = settings_of(shop)
    build(settings, 1)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(TABLES.format(second=2, new=1))
    state.note_built(settings, state.basis(settings))
    state.keep(settings, "first")
    old(settings)
    given = state.basis(settings)
    assert given.held_against
    assert state.environment(given) == {
        "JOURNEY_STATE": "state/first.duckdb",
        "JOURNEY_REBUILD": "1",
    }
    assert state.as_of_before(given) == datetime(2026, 1, 1, tzinfo=UTC)
    state.begin(settings, given)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(TABLES.format(second=second, new=7))
    (check,) = state.judged(settings, given, ["visits"])
    assert (check.is_passed, check.unexpected_count) == (not differing, differing)
    state.note_built(settings, given)
    state.keep(settings, "second")
    assert state.basis(settings).state, "the days are counted anew"


def test_a_run_that_builds_on_the_state_is_held_against_nothing(kept: Settings) -> None:
    assert state.judged(kept, state.basis(kept), ["visits"]) == []


def test_a_state_that_cannot_be_kept_is_none_and_the_run_is_none_the_worse(
    kept: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    build(kept, 2)
    monkeypatch.setattr(state.durable, "flush", full)
    state.keep(kept, "second")
    assert state.basis(kept).reason == "there is no state to build on"
