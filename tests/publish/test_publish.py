"""Versions: what one holds, how many are kept, and what publishes none."""

import json

import duckdb
import pytest

from journey import publish
from journey.core.errors import ConfigurationError, DataError, EngineError
from journey.core.settings import Settings
from orchestration.run import _is_published
from tests.publish.versions import (
    AS_OF,
    MARTS,
    assert_sealed,
    build,
    check,
    publish_run,
    run_that_readers_see,
)


def test_a_version_says_what_it_is_and_its_entrances_lead_to_it(settings: Settings) -> None:
    version = publish_run(settings, 1)
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
    version = publish_run(settings, 1)
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
    version = publish_run(settings, 1)
    with duckdb.connect(str(version.database), read_only=True) as connection:
        tags = connection.execute("select tags from duckdb_databases() where not internal")
        assert "v1.4" in str(tags.fetchall())


def test_the_same_marts_give_the_same_parquet_bytes(settings: Settings) -> None:
    def contents(version: publish.Version) -> dict[str, str]:
        return {
            file.path: file.sha256
            for file in version.files
            if file.path.endswith(("people.parquet", "orders.parquet"))
        }

    first = contents(publish_run(settings, 1, people=250_000))
    assert len(first) == 2
    for _ in range(2):
        assert contents(publish_run(settings, 1, people=250_000)) == first


def test_versions_are_kept_by_number_and_the_current_one_always(settings: Settings) -> None:
    names = [publish_run(settings, run).name for run in range(5)]
    assert names == sorted(names)
    assert [version.name for version in publish.versions(settings)] == names[-3:]
    publish.rollback(settings, names[2])
    few = settings.model_copy(update={"keep_versions": 1})
    newest = publish_run(few, 5)
    assert [version.name for version in publish.versions(settings)] == [newest.name]


def test_rollback_shows_an_earlier_version_and_keeps_the_later_ones(settings: Settings) -> None:
    names = [publish_run(settings, run).name for run in range(3)]
    publish.rollback(settings, names[1])
    assert run_that_readers_see(settings) == 1
    assert publish.current(settings).name == names[1]
    assert len(publish.versions(settings)) == 3
    publish.rollback(settings, names[2])
    assert run_that_readers_see(settings) == 2
    assert publish_run(settings, 3).name > names[2]


def test_a_run_that_finds_nothing_new_does_not_undo_a_rollback(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, later = publish_run(settings, 1), publish_run(settings, 2)
    publish.rollback(settings, earlier.name)
    for state, is_published in ((later.raw_state, True), ("state 3", False)):
        monkeypatch.setattr("journey.transform.inputs.state", lambda _, state=state: state)
        assert _is_published(settings, publish.current(settings)) == is_published


def test_rolling_back_to_an_unknown_version_lists_the_kept_ones(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="none yet"):
        publish.rollback(settings, "20200101T000000Z-x")
    name = publish_run(settings, 1).name
    with pytest.raises(ConfigurationError, match=f"no version 'nope'.* {name}"):
        publish.rollback(settings, "nope")


def test_a_failed_check_publishes_nothing(settings: Settings) -> None:
    publish_run(settings, 1)
    build(settings, 2)
    with pytest.raises(DataError, match="marts/people every_person_has_one_row"):
        publish.publish(
            settings, marts=MARTS, run_id="2", as_of=AS_OF, checks=[check(is_passed=False)]
        )
    assert run_that_readers_see(settings) == 1
    warning = check("warning", is_passed=False)
    publish.publish(settings, marts=MARTS, run_id="2", as_of=AS_OF, checks=[warning])
    assert run_that_readers_see(settings) == 2


def test_a_mart_that_was_not_built_leaves_readers_what_they_had(settings: Settings) -> None:
    publish_run(settings, 1)
    build(settings, 2)
    with pytest.raises(EngineError, match="readers keep the last one"):
        publish.publish(
            settings, marts=[*MARTS, "visits"], run_id="2", as_of=AS_OF, checks=[check()]
        )
    assert run_that_readers_see(settings) == 1
    assert [path.name for path in (settings.published_dir / "versions").iterdir()] == [
        publish.current(settings).name
    ]


def test_a_version_that_cannot_be_written_is_reported_without_values(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise duckdb.ConversionException("Could not convert string 'Ann Ray' to INT32")

    monkeypatch.setattr("journey.publish.publishing.fill", fail)
    with pytest.raises(EngineError, match=r"could not be written .*'…' to INT32") as raised:
        publish_run(settings, 1)
    assert "Ann Ray" not in str(raised.value)
