"""Each version has its own report, or shows the one before it."""

from pathlib import Path

import pytest

from journey import publish
from journey.core.settings import Settings
from tests.publish.versions import assert_sealed, publish_run, run_that_readers_see


def report_of(settings: Settings) -> str | None:
    page = settings.published_dir / publish.REPORT / "index.html"
    return page.read_text() if page.exists() else None


def write_report(settings: Settings, text: str) -> None:
    publish.replace_report(
        publish.current(settings).directory, lambda folder: (folder / "index.html").write_text(text)
    )


def test_a_version_shows_the_report_before_it_until_it_has_its_own(settings: Settings) -> None:
    first = publish_run(settings, 1)
    assert report_of(settings) is None
    write_report(settings, "of run 1")
    publish_run(settings, 2)
    assert report_of(settings) == "of run 1"
    write_report(settings, "of run 2")
    assert report_of(settings) == "of run 2"
    publish.rollback(settings, first.name)
    assert report_of(settings) == "of run 1"
    write_report(settings, "of run 1, made again")
    assert report_of(settings) == "of run 1, made again"
    for version in publish.versions(settings):
        assert_sealed(version)
        assert len(list(version.directory.glob(".report-*"))) == 1


def test_a_report_that_cannot_be_made_takes_nothing_away(settings: Settings) -> None:
    publish_run(settings, 1)
    write_report(settings, "of run 1")

    def fill(folder: Path) -> None:
        (folder / "index.html").write_text("half")
        raise OSError("the disk is full")

    publish_run(settings, 2)
    with pytest.raises(OSError, match="disk is full"):
        publish.replace_report(publish.current(settings).directory, fill)
    assert report_of(settings) == "of run 1"
    assert run_that_readers_see(settings) == 2
    assert len(list(publish.current(settings).directory.glob(".report-*"))) == 1
