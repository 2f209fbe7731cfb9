"""What users read: every mistake in one sentence.

A sentence says what is wrong, where, and what to do next; it comes with its exit code and never
with a traceback. The command line is called in this process, so that a mistake costs no start-up.
"""

import gzip
import json
import shlex
from contextlib import nullcontext

import pytest

from tests.cli.mistakes import MISTAKES, Mistake
from tests.cli.places import (
    COLUMNS,
    GOOD_CONFIG,
    MAPPED,
    ORDERS,
    Place,
    call,
    file_is_unreadable,
    loading_only,
    options_of,
)


@pytest.mark.parametrize("wrong", MISTAKES, ids=lambda wrong: wrong.name)
def test_a_mistake_is_one_sentence(
    place: Place, capsys: pytest.CaptureFixture, wrong: Mistake
) -> None:
    if wrong.config is not None:
        content = wrong.config
        place.config.write_bytes(content if isinstance(content, bytes) else content.encode())
    for name, value in wrong.env.items():
        place.monkeypatch.setenv(name, value)
    context = wrong.before(place) if wrong.before else None
    with context or nullcontext() as port:
        code = call(place, wrong.command.replace("PORT", str(port)))
    # Each command that is named carries the options; tests/cli/test_commands.py is about that.
    said = capsys.readouterr().err.replace(f" {shlex.join(options_of(place))}", "")
    print(said)
    assert code == wrong.code, said
    assert said.startswith("journey: ")
    assert said.count("\n") == 1, said
    for words in wrong.words:
        assert words in said, said
    for never in ("Traceback", "ann@example.com", "secret", "Error:"):
        assert never not in said


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("shop/2026-03-01.csv", "", "the file is empty; deliver it again"),
        ("shop/2026-03-01.csv", "order_id,colour\n1,red\n", "its header has 'colour', which orders"
         " does not know"),
        ("shop/2026-03-01.csv", "order_id,customer_id\n1,2\n", "its header lacks ordered_at"),
        ("shop/2026-03-01.csv", ORDERS.replace("o1", "é").encode("latin1"), "rows are not UTF-8"),
        ("shop/2026-03-01.csv", gzip.compress(ORDERS.encode() * 99)[:-20], "the gzip is cut off"),
        ("shop/2026-03-01.csv", b"PAR1" + ORDERS.encode(), "the Parquet file is cut off"),
        ("shop/2026-13-01.csv", ORDERS, "is not a date; rename the file"),
        ("till.csv", "number,day,amount\n1,2026-03-01,9\n", "\"who\" not found"),
    ],
)  # fmt: skip
def test_a_rejected_file_is_one_sentence(
    place: Place, capsys: pytest.CaptureFixture, name: str, content: str | bytes, words: str
) -> None:
    """The run goes on without the file; `journey status` says why."""
    place.config.write_text(GOOD_CONFIG + MAPPED + COLUMNS)
    place.deliver(name, content)
    loading_only(place)
    call(place, "run")
    capsys.readouterr()
    assert call(place, "status") == 0
    said = capsys.readouterr().out
    (line,) = [line for line in said.splitlines() if line.startswith("✗")]
    assert f"landing/{name}: " in line
    assert words in line


def test_a_file_that_may_not_be_read_costs_itself_alone(
    place: Place, capsys: pytest.CaptureFixture
) -> None:
    place.config.write_text(GOOD_CONFIG)
    file_is_unreadable(place)
    code = call(place, "run")
    print(capsys.readouterr())
    assert call(place, "status") == 0
    said = capsys.readouterr().out
    assert "2026-03-01.csv: it cannot be opened (Permission denied)" in said
    assert "see to its permissions" in said
    assert code == 0


def test_a_mistake_is_json_for_programs(place: Place, capsys: pytest.CaptureFixture) -> None:
    place.config.write_text(GOOD_CONFIG)
    assert call(place, "run --json") == 3
    shown = capsys.readouterr()
    assert '{"status": "failed", "error": "no row has been loaded yet' in shown.out
    assert shown.err.startswith("journey: ")


def test_kept_versions_are_named_when_another_is_asked_for(
    place: Place, capsys: pytest.CaptureFixture
) -> None:
    place.config.write_text(GOOD_CONFIG)
    published = place.data / "published"
    version = published / "versions" / "20260301T020000Z-run"
    version.mkdir(parents=True)
    (version / "manifest.json").write_text("{}")
    (published / "history.jsonl").write_text(json.dumps({"version": version.name}) + "\n")
    assert call(place, "rollback 20260301") == 2
    said = capsys.readouterr().err
    assert f"no version '20260301'; the kept ones are {version.name}" in said
