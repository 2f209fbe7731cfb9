"""`journey init`: what is written, what is asked, and that nothing is overwritten unasked."""

import shutil
from pathlib import Path

import pytest

from journey.core.settings import Settings
from tests.cli.places import GOOD_CONFIG, Place, call
from tests.conftest import REPO

DATA = REPO / "tests" / "ingest" / "data"


def exports(place: Place, *names: str) -> Path:
    folder = place.home / "exports"
    folder.mkdir(exist_ok=True)
    for name in names:
        shutil.copy(DATA / name, folder)
    return folder


def answering(place: Place, *answers: object) -> list[str]:
    """A person at the terminal who gives these answers. Returns what was asked."""
    asked: list[str] = []
    given = iter(answers)

    def answer(question: str, **_: object) -> object:
        asked.append(question)
        return next(given)

    place.replace("journey.cli.beginning.is_asking", lambda: True)
    place.replace("typer.prompt", answer)
    place.replace("typer.confirm", answer)
    return asked


def test_a_folder_of_exports_becomes_settings_that_are_checked(
    place: Place, capsys: pytest.CaptureFixture
) -> None:
    folder = exports(place, "ga4.jsonl", "segment.jsonl")
    assert call(place, f"init {folder} --currency EUR --time-zone Europe/Berlin") == 0
    said = capsys.readouterr().out
    for words in (
        "ga4.jsonl (1 file): web_events of ga4",
        f"Written: {place.config}",
        "2 rows delivered: 2 would be kept",
        "All that was looked at would be kept",
    ):
        assert words in said
    settings = Settings.load(place.config, place.data)
    assert [(of.kind, of.format) for of in settings.sources] == [
        ("web_events", "ga4"),
        ("web_events", "segment"),
    ]
    assert (settings.reporting_currency, settings.reporting_time_zone) == ("EUR", "Europe/Berlin")
    assert settings.orders_from == "web"
    assert not place.data.exists()


def test_what_would_be_lost_ends_as_a_check_does(
    place: Place, capsys: pytest.CaptureFixture
) -> None:
    folder = exports(place, "klaviyo.json")
    assert call(place, f"init {folder}") == 3
    assert "event_name_missing" in capsys.readouterr().out
    assert place.config.exists()


def test_settings_that_are_there_stay(place: Place, capsys: pytest.CaptureFixture) -> None:
    folder = exports(place, "ga4.jsonl")
    place.config.write_text(GOOD_CONFIG)
    assert call(place, f"init {folder}") == 2
    assert "it is there already and stays as it is; give --force" in capsys.readouterr().err
    assert place.config.read_text() == GOOD_CONFIG
    assert call(place, f"init {folder} --force") == 0
    assert "ga4" in place.config.read_text()


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_person_is_asked(
    place: Place, capsys: pytest.CaptureFixture, *, is_replaced: bool
) -> None:
    folder = exports(place, "ga4.jsonl")
    place.config.write_text(GOOD_CONFIG)
    asked = answering(place, is_replaced, str(folder), "EUR", "Europe/Berlin", "shop.test, a.test")
    code = call(place, "init")
    print(capsys.readouterr())
    assert "Replace it?" in asked[0]
    if not is_replaced:
        assert (code, len(asked)) == (2, 1)
        assert place.config.read_text() == GOOD_CONFIG
        return
    settings = Settings.load(place.config, place.data)
    assert code == 0
    assert settings.own_domains == ("shop.test", "a.test")
    assert settings.reporting_currency == "EUR"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ("init nowhere", 2, "nowhere: there is no such folder"),
        ("init", 2, "no folder of exports is named"),
        ("init exports", 3, "there is no file in it"),
        ("init exports --currency euro", 2, "'reporting_currency' is 'euro'"),
        ("init exports --time-zone Mars", 2, "'Mars' is not a time zone name"),
        ("init exports", 3, "no file in it is of a tool that is known"),
    ],
)
def test_what_cannot_be_begun_is_one_sentence(
    place: Place, capsys: pytest.CaptureFixture, arguments: str, code: int, words: str
) -> None:
    folder = exports(place)
    if "--" in arguments:
        exports(place, "ga4.jsonl")
    elif "known" in words:
        (folder / "a.csv").write_text("shade,length\nred,1\n")
    place.monkeypatch.chdir(place.home)
    assert call(place, arguments) == code
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert place.config.exists() == ("known" in words)


def test_exports_in_the_landing_folder_need_no_name(place: Place) -> None:
    place.deliver("ga4/events_20210101.jsonl", (DATA / "ga4.jsonl").read_bytes())
    assert call(place, "init") in (0, 3)
    [source] = Settings.load(place.config, place.data).sources
    assert source.path == "landing/ga4/events_{date:%Y%m%d}.jsonl"
