"""What was lost or removed by hand is written again, or readers get the version before."""

import json
import os
import shutil

import pytest

from journey import publish
from journey.core.errors import ConfigurationError, EngineError
from journey.core.settings import Settings
from tests.publish.versions import publish_run, run_that_readers_see


def seen(settings: Settings) -> str | None:
    version = publish.current(settings)
    return version.name if version else None


@pytest.fixture
def three(settings: Settings) -> list[str]:
    return [publish_run(settings, run).name for run in (1, 2, 3)]


def test_a_history_that_is_lost_removes_no_version_and_is_written_again(
    settings: Settings, three: list[str]
) -> None:
    (settings.published_dir / "history.jsonl").unlink()
    publish.heal(settings)
    assert [version.name for version in publish.shown(settings)] == three
    few = settings.model_copy(update={"keep_versions": 4})
    newest = publish_run(few, 4).name
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
    publish_run(settings, 4)
    assert [version.name for version in publish.versions(settings)][:2] == three[1:]


def test_a_history_that_is_no_json_is_written_again(settings: Settings, three: list[str]) -> None:
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
    assert run_that_readers_see(settings) == 3
    assert len(publish.versions(settings)) == 3
    publish_run(settings, 4)
    assert run_that_readers_see(settings) == 4


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
    assert run_that_readers_see(settings) == 3
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
    assert run_that_readers_see(settings) == 2
    assert f"readers see {three[1]} again" in caplog.text
    publish_run(settings, 4)
    assert run_that_readers_see(settings) == 4


def test_where_all_versions_were_removed_nothing_is_published_and_the_next_run_publishes(
    settings: Settings, three: list[str]
) -> None:
    shutil.rmtree(settings.published_dir / "versions")
    assert seen(settings) is None
    publish.heal(settings)
    assert seen(settings) is None
    assert publish.versions(settings) == []
    publish_run(settings, 4)
    assert run_that_readers_see(settings) == 4


def test_a_version_that_has_lost_its_manifest_is_replaced_by_the_next(
    settings: Settings, three: list[str]
) -> None:
    """Readers keep it until then: the tables are whole."""
    (settings.published_dir / "versions" / three[2] / "manifest.json").unlink()
    publish.heal(settings)
    assert seen(settings) is None, "so that the next run does not take it for published"
    assert run_that_readers_see(settings) == 3
    foreign = settings.published_dir / "versions" / "a copy by hand"
    foreign.mkdir()
    newest = publish_run(settings, 4)
    assert [version.name for version in publish.versions(settings)] == [*three[:2], newest.name]
    lost = settings.published_dir / "versions" / three[2]
    assert lost.exists(), "it is among the newest, and its tables are whole"
    for run in range(5, 7):
        publish_run(settings, run)
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
    assert publish_run(settings, 4).name == seen(settings)


def test_no_one_is_sent_back_to_a_version_that_is_not_whole(
    settings: Settings, three: list[str]
) -> None:
    (settings.published_dir / "versions" / three[0] / "journey.duckdb").unlink()
    with pytest.raises(ConfigurationError, match="not whole any more"):
        publish.rollback(settings, three[0])
    assert run_that_readers_see(settings) == 3


def test_nothing_is_healed_where_nothing_was_published(settings: Settings) -> None:
    publish.heal(settings)
    assert not settings.published_dir.exists()
