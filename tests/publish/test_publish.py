"""Versions: whole for every reader at every moment, kept, pruned, swapped back."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from journey import publish
from journey.core.checks import Check
from journey.core.errors import ConfigurationError, DataError, EngineError
from journey.core.settings import Settings
from journey.publish.changes import changes_since
from orchestration.run import _is_published

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
MARTS = ["data_quality", "orders", "people"]
CRASH_POINTS = [
    "publish.before_snapshot",
    "publish.mid_snapshot",
    "publish.before_swap",
    "publish.after_swap",
    "publish.before_prune",
]
PUBLISHER = f"""
import sys
from datetime import UTC, datetime
from journey import publish
from journey.core.settings import Settings
settings = Settings.load(sys.argv[1], sys.argv[2])
publish.publish(
    settings, marts={MARTS!r}, run_id="killed", as_of=datetime(2026, 11, 22, tzinfo=UTC), checks=[]
)
"""


def check(severity: str = "critical", *, is_passed: bool = True) -> Check:
    return Check(
        asset="marts/people",
        check_name="every_person_has_one_row",
        severity=severity,
        is_passed=is_passed,
        observed=0.0 if is_passed else 3.0,
        expected="Every person has one row",
        unexpected_count=0 if is_passed else 3,
        element_count=10,
        detail="",
    )


def build(settings: Settings, night: int, people: int = 50) -> None:
    """A private warehouse whose every table says which night built it."""
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    settings.warehouse_path.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            f"""
            create table marts.people as
            select
                'cust:' || lpad(number::varchar, 6, '0') as person_id,
                {night}::bigint as night,
                timestamp '2026-10-01' + interval (number) minute as first_touch_at
            from range({people}) as numbers (number);
            create table marts.orders as
            select
                'orders:shop:' || person_id as touchpoint_id,
                person_id,
                true as is_counted,
                first_touch_at as ordered_at
            from marts.people;
            create table marts.data_quality as
            select
                'earlier' as run_id,
                timestamp '2026-11-22' as run_at,
                'delivery' as check_kind,
                'raw/orders' as asset,
                'shop' as source,
                'loaded' as check_name,
                'warning' as severity,
                true as is_passed,
                {night}::double as observed,
                '' as detail;
            comment on table marts.people is 'People. One row per person: "it''s one".';
            comment on column marts.people.person_id is 'Who.';
            """
        )


def publish_night(settings: Settings, night: int, **given: object) -> publish.Version:
    build(settings, night, **given)
    return publish.publish(
        settings,
        marts=MARTS,
        run_id=f"run-{night}",
        as_of=AS_OF,
        checks=[check()],
        raw_state=f"state {night}",
    )


def night_that_readers_see(settings: Settings) -> int | None:
    """Read as an analyst does; fails when the tables of one version do not agree."""
    path = settings.published_dir / "current.duckdb"
    if not path.exists():
        return None
    with duckdb.connect(os.path.realpath(path), read_only=True) as connection:
        nights, people, orders, quality = connection.execute(
            """
            select
                (select list(distinct night) from marts.people),
                (select count(*) from marts.people),
                (select count(*) from marts.orders),
                (select observed from marts.data_quality where check_name = 'loaded')
            """
        ).fetchone()
    assert nights == [quality]
    assert people == orders > 0
    return nights[0]


def assert_sealed(version: publish.Version) -> None:
    """Every file is there, read-only and as the manifest says."""
    assert {file.path for file in version.files} == {
        "journey.duckdb",
        *(f"parquet/{mart}.parquet" for mart in MARTS),
    }
    for file in version.files:
        path = version.directory / file.path
        assert path.stat().st_mode & 0o777 == 0o444
        assert path.stat().st_size == file.bytes
        assert sha256(path.read_bytes()).hexdigest() == file.sha256


def wait_for(reader: list[int], night: int) -> None:
    deadline = time.monotonic() + 60
    while reader[-1] != night:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    return Settings.load(config, tmp_path / "data", threads=2)


@pytest.fixture
def reader(settings: Settings) -> Iterator[list[int]]:
    """Somebody who opens the published file again and again, meanwhile."""
    seen: list[int] = []
    failures: list[BaseException] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.wait(0.005):
            try:
                night = night_that_readers_see(settings)
            except BaseException as error:
                failures.append(error)
                return
            if night is not None:
                seen.append(night)

    thread = threading.Thread(target=read)
    thread.start()
    yield seen
    is_over.set()
    thread.join()
    assert not failures, failures


def test_a_version_says_what_it_is_and_its_entrances_lead_to_it(settings: Settings) -> None:
    version = publish_night(settings, 1)
    assert_sealed(version)
    assert publish.current(settings) == version
    assert version.row_counts == {"data_quality": 2, "orders": 50, "people": 50}
    entrances = settings.published_dir
    assert (entrances / "current.duckdb").resolve() == version.database.resolve()
    manifest = json.loads((entrances / "manifest.json").read_text())
    assert manifest["version"] == version.name
    assert manifest["run_id"] == "run-1"
    assert manifest["raw_state"] == "state 1"
    assert manifest["as_of"] == "2026-11-22T00:00:00+00:00"
    assert manifest["code_version"]
    assert manifest["checks"][0]["check_name"] == "every_person_has_one_row"
    rows = duckdb.sql(f"from '{entrances / 'parquet' / 'people.parquet'}'").fetchall()
    assert len(rows) == 50


def test_descriptions_travel_with_the_tables(settings: Settings) -> None:
    version = publish_night(settings, 1)
    with duckdb.connect(str(version.database), read_only=True) as connection:
        tables = connection.execute(
            "select table_name, comment from duckdb_tables() where comment is not null"
        ).fetchall()
        columns = connection.execute(
            "select column_name, comment from duckdb_columns()"
            " where comment is not null and not internal"
        ).fetchall()
    assert tables == [("people", 'People. One row per person: "it\'s one".')]
    assert columns == [("person_id", "Who.")]


def test_older_clients_can_read_the_file(settings: Settings) -> None:
    version = publish_night(settings, 1)
    with duckdb.connect(str(version.database), read_only=True) as connection:
        tags = connection.execute("select tags from duckdb_databases() where not internal")
        assert "v1.4" in str(tags.fetchall())


def test_data_quality_ends_with_the_verdicts_and_what_changed(settings: Settings) -> None:
    publish_night(settings, 1)
    build(settings, 1)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(
            "delete from marts.people where person_id = 'cust:000007';"
            "update marts.people set night = 2 where person_id < 'cust:000005';"
            "update marts.people set first_touch_at = '2026-09-01' where person_id = 'cust:000001';"
            "update marts.orders set is_counted = false where person_id = 'cust:000002';"
            "insert into marts.people values ('cust:new', 1, '2026-11-01')"
        )
    raw = check()
    version = publish.publish(
        settings,
        marts=MARTS,
        run_id="run-2",
        as_of=AS_OF,
        checks=[check(), Check(**(raw.as_dict() | {"asset": "raw/orders"}))],
    )
    with duckdb.connect(str(version.database), read_only=True) as connection:
        rows = connection.execute(
            "select check_kind, asset, check_name, is_passed, observed from marts.data_quality"
            " where run_id = 'run-2'"
        ).fetchall()
        detail = connection.execute(
            "select detail from marts.data_quality where check_name like 'people_changed%'"
        ).fetchone()[0]
    assert rows == [
        ("expectation", "marts/people", "every_person_has_one_row", True, 0.0),
        ("warehouse", "marts/people", "people_changed_since_last_version", True, 2.0),
        ("warehouse", "marts/orders", "orders_changed_since_last_version", True, 1.0),
    ]
    assert "Of 50 people in the last version 1 are gone and 1 differ in first_touch_at" in detail


def test_a_change_is_what_later_facts_restated_and_not_what_a_later_night_moves() -> None:
    nights = {
        "before": """
            values
                ('gone', 'direct', null, 0.5), ('merged', 'direct', null, 0.5),
                ('bought', 'direct', null, 0.5), ('took_back', 'direct', date '2026-01-01', 0.5),
                ('same', 'direct', null, 0.5)
            """,
        "after": """
            values
                ('merged', 'email', null, 0.4), ('bought', 'direct', date '2026-02-01', 0.4),
                ('took_back', 'direct', null, 0.4), ('same', 'direct', null, 0.4),
                ('new', 'direct', null, 0.4)
            """,
    }
    orders = {
        "before": "values ('o1', 'paid', true, 10), ('o2', 'paid', true, 10),"
        " ('o4', 'paid', true, 10)",
        "after": "values ('o1', 'fulfilled', true, 10), ('o2', 'paid', true, 7),"
        " ('o3', 'paid', true, 10), ('o4', 'cancelled', false, 10)",
    }
    with duckdb.connect() as connection:
        for night, people in nights.items():
            connection.execute(
                f"""
                attach ':memory:' as {night};
                create schema {night}.marts;
                create table {night}.marts.people as
                from ({people})
                    as people (person_id, acquisition_channel, first_order_at, expected_orders_90d);
                create table {night}.marts.orders as
                from ({orders[night]}) as orders (touchpoint_id, status, is_counted, net_revenue);
                """
            )
        people, orders = changes_since(connection, "before", "after")
    # Gone, merged and took_back; the refunded o2 and the cancelled o4.
    assert (people.observed, orders.observed) == (3.0, 2.0)
    assert orders.detail.endswith("0 are gone and 2 differ in is_counted or net_revenue.")


def test_the_same_marts_give_the_same_parquet_bytes(settings: Settings) -> None:
    def contents(version: publish.Version) -> dict[str, str]:
        return {
            file.path: file.sha256
            for file in version.files
            if file.path.endswith(("people.parquet", "orders.parquet"))
        }

    first = contents(publish_night(settings, 1, people=250_000))
    assert len(first) == 2
    for _ in range(2):
        assert contents(publish_night(settings, 1, people=250_000)) == first


def test_versions_are_kept_by_number_and_the_current_one_always(settings: Settings) -> None:
    names = [publish_night(settings, night).name for night in range(5)]
    assert names == sorted(names)
    assert [version.name for version in publish.versions(settings)] == names[-3:]
    publish.rollback(settings, names[2])
    few = settings.model_copy(update={"keep_versions": 1})
    newest = publish_night(few, 5)
    assert [version.name for version in publish.versions(settings)] == [newest.name]


def test_rollback_shows_an_earlier_version_and_keeps_the_later_ones(settings: Settings) -> None:
    names = [publish_night(settings, night).name for night in range(3)]
    publish.rollback(settings, names[1])
    assert night_that_readers_see(settings) == 1
    assert publish.current(settings).name == names[1]
    assert len(publish.versions(settings)) == 3
    publish.rollback(settings, names[2])
    assert night_that_readers_see(settings) == 2
    assert publish_night(settings, 3).name > names[2]


def test_a_run_that_finds_nothing_new_does_not_undo_a_rollback(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, later = publish_night(settings, 1), publish_night(settings, 2)
    publish.rollback(settings, earlier.name)
    for state, is_published in ((later.raw_state, True), ("state 3", False)):
        monkeypatch.setattr("journey.transform.inputs.state", lambda _, state=state: state)
        assert _is_published(settings, publish.current(settings)) == is_published


def test_rolling_back_to_an_unknown_version_lists_the_kept_ones(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="none yet"):
        publish.rollback(settings, "20200101T000000Z-x")
    name = publish_night(settings, 1).name
    with pytest.raises(ConfigurationError, match=f"no version 'nope'.* {name}"):
        publish.rollback(settings, "nope")


def test_a_refusal_among_the_checks_publishes_nothing(settings: Settings) -> None:
    publish_night(settings, 1)
    build(settings, 2)
    with pytest.raises(DataError, match="marts/people every_person_has_one_row"):
        publish.publish(
            settings, marts=MARTS, run_id="2", as_of=AS_OF, checks=[check(is_passed=False)]
        )
    assert night_that_readers_see(settings) == 1
    warning = check("warning", is_passed=False)
    publish.publish(settings, marts=MARTS, run_id="2", as_of=AS_OF, checks=[warning])
    assert night_that_readers_see(settings) == 2


def test_a_mart_that_was_not_built_leaves_readers_what_they_had(settings: Settings) -> None:
    publish_night(settings, 1)
    build(settings, 2)
    with pytest.raises(EngineError, match="readers keep the last one"):
        publish.publish(
            settings, marts=[*MARTS, "visits"], run_id="2", as_of=AS_OF, checks=[check()]
        )
    assert night_that_readers_see(settings) == 1
    assert [path.name for path in (settings.published_dir / "versions").iterdir()] == [
        publish.current(settings).name
    ]


def test_a_version_that_cannot_be_written_is_told_without_values(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise duckdb.ConversionException("Could not convert string 'Ann Ray' to INT32")

    monkeypatch.setattr("journey.publish.publishing.fill", refuse)
    with pytest.raises(EngineError, match=r"could not be written .*'…' to INT32") as told:
        publish_night(settings, 1)
    assert "Ann Ray" not in str(told.value)


def test_a_reader_in_a_loop_sees_only_whole_versions(settings: Settings, reader: list[int]) -> None:
    for night in range(1, 9):
        publish_night(settings, night)
    wait_for(reader, 8)
    assert reader == sorted(reader)
    assert len(set(reader)) > 1


def test_an_open_reader_keeps_its_version_while_nights_go_on(settings: Settings) -> None:
    version = publish_night(settings, 1)
    with duckdb.connect(str(version.database), read_only=True) as connection:
        for night in range(2, 7):
            publish_night(settings, night)
        assert not version.database.exists()
        assert connection.execute("select any_value(night) from marts.people").fetchone() == (1,)


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_kill_at_any_point_leaves_a_whole_version_and_no_trace(
    settings: Settings, reader: list[int], point: str
) -> None:
    for night in range(1, 4):
        publish_night(settings, night)
    build(settings, 4)
    killed = subprocess.run(
        [sys.executable, "-c", PUBLISHER, settings.config_file, settings.data_dir],
        env=os.environ | {"JOURNEY_FAULT": point},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    is_shown = point in ("publish.after_swap", "publish.before_prune")
    assert night_that_readers_see(settings) == (4 if is_shown else 3)
    assert_sealed(publish.current(settings))

    again = publish_night(settings, 4)
    assert night_that_readers_see(settings) == 4
    assert publish.current(settings) == again
    kept = [path.name for path in (settings.published_dir / "versions").iterdir()]
    assert sorted(kept) == [version.name for version in publish.versions(settings)]
    assert len(kept) == 3
    assert sum("killed" in name for name in kept) == is_shown
    assert not list(settings.published_dir.glob(".*.new"))


def report_of(settings: Settings) -> str | None:
    page = settings.published_dir / publish.REPORT / "index.html"
    return page.read_text() if page.exists() else None


def write_report(settings: Settings, text: str) -> None:
    publish.replace_report(
        publish.current(settings).directory, lambda folder: (folder / "index.html").write_text(text)
    )


def test_a_version_shows_the_report_before_it_until_it_has_its_own(settings: Settings) -> None:
    first = publish_night(settings, 1)
    assert report_of(settings) is None
    write_report(settings, "of night 1")
    publish_night(settings, 2)
    assert report_of(settings) == "of night 1"
    write_report(settings, "of night 2")
    assert report_of(settings) == "of night 2"
    publish.rollback(settings, first.name)
    assert report_of(settings) == "of night 1"
    write_report(settings, "of night 1, made anew")
    assert report_of(settings) == "of night 1, made anew"
    for version in publish.versions(settings):
        assert_sealed(version)
        assert len(list(version.directory.glob(".report-*"))) == 1


def test_a_report_that_cannot_be_made_takes_nothing_away(settings: Settings) -> None:
    publish_night(settings, 1)
    write_report(settings, "of night 1")

    def fill(folder: Path) -> None:
        (folder / "index.html").write_text("half")
        raise OSError("the disk is full")

    publish_night(settings, 2)
    with pytest.raises(OSError, match="disk is full"):
        publish.replace_report(publish.current(settings).directory, fill)
    assert report_of(settings) == "of night 1"
    assert night_that_readers_see(settings) == 2
    assert len(list(publish.current(settings).directory.glob(".report-*"))) == 1


def test_a_kill_during_the_first_publication_shows_nothing(settings: Settings) -> None:
    build(settings, 1)
    subprocess.run(
        [sys.executable, "-c", PUBLISHER, settings.config_file, settings.data_dir],
        env=os.environ | {"JOURNEY_FAULT": "publish.before_swap"},
        check=False,
    )
    assert publish.current(settings) is None
    assert night_that_readers_see(settings) is None
    publish_night(settings, 1)
    assert night_that_readers_see(settings) == 1
    assert len(publish.versions(settings)) == 1


# What was lost or removed by hand.


def seen(settings: Settings) -> str | None:
    version = publish.current(settings)
    return version.name if version else None


@pytest.fixture
def three(settings: Settings) -> list[str]:
    return [publish_night(settings, night).name for night in (1, 2, 3)]


def test_a_history_that_is_lost_removes_no_version_and_is_written_again(
    settings: Settings, three: list[str]
) -> None:
    (settings.published_dir / "history.jsonl").unlink()
    publish.heal(settings)
    assert [version.name for version in publish.shown(settings)] == three
    few = settings.model_copy(update={"keep_versions": 4})
    newest = publish_night(few, 4).name
    assert [version.name for version in publish.versions(settings)] == [*three, newest]
    assert publish.published_before(settings, newest) is not None


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_history_that_is_cut_off_removes_no_version_and_is_whole_again(
    settings: Settings, three: list[str], cut: int
) -> None:
    path = settings.published_dir / "history.jsonl"
    os.truncate(path, path.stat().st_size - cut)
    publish.heal(settings)
    lines = [json.loads(line)["version"] for line in path.read_text().splitlines()]
    assert lines == three
    publish_night(settings, 4)
    assert [version.name for version in publish.versions(settings)][:2] == three[1:]


def test_a_history_of_garbage_is_written_again(settings: Settings, three: list[str]) -> None:
    (settings.published_dir / "history.jsonl").write_bytes(b"\xff\x00{}\n[1]\n")
    publish.heal(settings)
    assert [version.name for version in publish.shown(settings)] == three


@pytest.mark.parametrize("how", ["removed", "dangling", "a folder", "a file"])
def test_a_link_that_is_broken_leads_to_the_last_version_again(
    settings: Settings, three: list[str], how: str
) -> None:
    link = settings.published_dir / "current"
    link.unlink()
    if how == "dangling":
        link.symlink_to("versions/nowhere")
    elif how == "a folder":
        shutil.copytree(settings.published_dir / "versions" / three[2], link)
    elif how == "a file":
        link.write_text("")
    publish.heal(settings)
    assert seen(settings) == three[2]
    assert night_that_readers_see(settings) == 3
    assert len(publish.versions(settings)) == 3
    publish_night(settings, 4)
    assert night_that_readers_see(settings) == 4


def test_after_a_rollback_it_is_the_version_that_readers_saw_last(
    settings: Settings, three: list[str]
) -> None:
    publish.rollback(settings, three[1])
    (settings.published_dir / "current").unlink()
    publish.heal(settings)
    assert seen(settings) == three[1]


def test_an_entrance_that_is_gone_is_there_again(settings: Settings, three: list[str]) -> None:
    (settings.published_dir / "current.duckdb").unlink()
    (settings.published_dir / "parquet").unlink()
    publish.heal(settings)
    assert night_that_readers_see(settings) == 3
    assert (settings.published_dir / "parquet" / "people.parquet").exists()


@pytest.mark.parametrize("what", ["folder", "database"])
def test_where_the_current_version_was_removed_readers_see_the_one_before(
    settings: Settings, three: list[str], what: str, caplog: pytest.LogCaptureFixture
) -> None:
    directory = settings.published_dir / "versions" / three[2]
    if what == "folder":
        shutil.rmtree(directory)
    else:
        (directory / "journey.duckdb").unlink()
    publish.heal(settings)
    assert seen(settings) == three[1]
    assert night_that_readers_see(settings) == 2
    assert f"readers see {three[1]} again" in caplog.text
    publish_night(settings, 4)
    assert night_that_readers_see(settings) == 4


def test_where_all_versions_were_removed_nothing_is_published_and_the_next_run_publishes(
    settings: Settings, three: list[str]
) -> None:
    shutil.rmtree(settings.published_dir / "versions")
    assert seen(settings) is None
    publish.heal(settings)
    assert seen(settings) is None
    assert publish.versions(settings) == []
    publish_night(settings, 4)
    assert night_that_readers_see(settings) == 4


def test_a_version_that_has_lost_its_manifest_is_replaced_by_the_next(
    settings: Settings, three: list[str]
) -> None:
    """Readers keep it until then: the tables are whole."""
    (settings.published_dir / "versions" / three[2] / "manifest.json").unlink()
    publish.heal(settings)
    assert seen(settings) is None, "so that the next run does not take it for published"
    assert night_that_readers_see(settings) == 3
    foreign = settings.published_dir / "versions" / "a copy by hand"
    foreign.mkdir()
    newest = publish_night(settings, 4)
    assert [version.name for version in publish.versions(settings)] == [*three[:2], newest.name]
    lost = settings.published_dir / "versions" / three[2]
    assert lost.exists(), "it is among the newest, and its tables are whole"
    for night in range(5, 7):
        publish_night(settings, night)
    assert not lost.exists()
    assert foreign.exists()


def test_a_damaged_manifest_is_set_aside_by_one_command(
    settings: Settings, three: list[str]
) -> None:
    manifest = settings.published_dir / "versions" / three[2] / "manifest.json"
    manifest.chmod(0o600)
    manifest.write_text("{")
    with pytest.raises(EngineError, match="journey doctor --repair"):
        publish.current(settings)
    assert publish.set_aside(settings) == [manifest]
    publish.heal(settings)
    assert seen(settings) is None
    assert publish_night(settings, 4).name == seen(settings)


def test_no_one_is_sent_back_to_a_version_that_is_not_whole(
    settings: Settings, three: list[str]
) -> None:
    (settings.published_dir / "versions" / three[0] / "journey.duckdb").unlink()
    with pytest.raises(ConfigurationError, match="not whole any more"):
        publish.rollback(settings, three[0])
    assert night_that_readers_see(settings) == 3


def test_nothing_is_healed_where_nothing_was_published(settings: Settings) -> None:
    publish.heal(settings)
    assert not settings.published_dir.exists()
