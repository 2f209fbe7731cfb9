"""`journey sql`: what it shows, what it rejects, and what hostile cells cannot do."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from journey.core.errors import ConfigurationError, DataError, EngineError
from journey.core.settings import Settings
from journey.read import answer, open_snapshot
from tests.conftest import Shop
from tests.read.conftest import FORMULAS, HARMLESS, publish_run

Journey = Callable[..., None]
FORBIDDEN = (
    "select * from read_csv('{file}')",
    "select * from read_text('{file}')",
    "select * from read_parquet('{file}')",
    "select * from glob('{file}')",
    "from '{file}'",
    "copy campaigns to '{new}'",
    "export database '{new}'",
    "attach '{new}'",
    "attach '{warehouse}' as private (read_only)",
    "install httpfs",
    "load '{file}'",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "drop table campaigns",
    "insert into campaigns select * from campaigns",
    "create table marts.mine as select 1",
    "from a_variable_of_this_program",
    "select getenv('HOME')",
)


def test_a_question_is_answered_as_a_table_with_its_version(desk: Settings, shop: Shop) -> None:
    done = shop.journey("sql", "select stage, entered, entered / 3 as third from stage_funnel")
    assert done.returncode == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["stage", "entered", "third"],
        ["Intent", "1", "0.3333"],
    ]
    assert "1 row; version 2" in done.stderr
    assert "as of 2026-11-22 00:00 UTC" in done.stderr


@pytest.mark.parametrize("query", FORBIDDEN)
def test_a_query_reads_the_snapshot_and_nothing_else(
    desk: Settings, tmp_path: Path, query: str
) -> None:
    file, new = tmp_path / "private.csv", tmp_path / "new"
    file.write_text("secret\n1\n")
    a_variable_of_this_program = duckdb.sql("select 1 as secret").df()
    assert len(a_variable_of_this_program) == 1
    text = query.format(file=file, new=new, warehouse=desk.warehouse_path)
    with open_snapshot(desk) as snapshot, pytest.raises(ConfigurationError) as raised:
        list(answer(snapshot, text).rows())
    assert "\n" not in str(raised.value)
    assert not new.exists()


def test_a_query_that_changes_something_is_rejected_with_the_alternative(desk: Settings) -> None:
    for query in ("copy runs to 'x.csv'", "drop table runs", "set threads = 1"):
        with (
            open_snapshot(desk) as snapshot,
            pytest.raises(ConfigurationError, match=r"query is not allowed.*`journey export`"),
        ):
            answer(snapshot, query)


def test_a_query_that_fails_is_explained_in_one_sentence(desk: Settings) -> None:
    mistakes = {
        "selec 1": 'syntax error at or near "selec"',
        "from funnel": "Table with name funnel does not exist",
        "select entred from stage_funnel": '"entered"',
        "select cast(stage as integer) from stage_funnel": "Could not convert",
        " ": "the query is empty",
    }
    for query, sentence in mistakes.items():
        with open_snapshot(desk) as snapshot, pytest.raises(ConfigurationError) as mistake:
            list(answer(snapshot, query).rows())
        assert sentence in str(mistake.value)
        assert "\n" not in str(mistake.value)
        assert "LINE 1" not in str(mistake.value)
        assert "journey sql" in str(mistake.value)


def test_a_query_for_which_memory_runs_out_names_the_setting(desk: Settings) -> None:
    small = desk.model_copy(update={"memory_limit": "32MB", "threads": 1})
    query = "select len(list(range)) from range(30000000)"
    with open_snapshot(small) as snapshot, pytest.raises(ConfigurationError) as mistake:
        list(answer(snapshot, query).rows())
    assert "ask for fewer rows" in str(mistake.value)
    assert "memory_limit" in str(mistake.value)


def test_an_error_among_later_rows_is_explained_too(desk: Settings) -> None:
    late = "select case when range = 50000 then error('late') end from range(60000)"
    with open_snapshot(desk) as snapshot, pytest.raises(ConfigurationError, match="late"):
        list(answer(snapshot, late).rows())


def test_what_is_left_out_is_said_and_nothing_else(
    desk: Settings, journey: Journey, capsys: pytest.CaptureFixture
) -> None:
    for form in ((), ("--csv",), ("--json",)):
        journey("sql", "from range(7)", "--limit", "3", *form)
        shown = capsys.readouterr()
        assert "the first 3 rows; there are more" in shown.err
        assert "2" in shown.out
        assert "3" not in shown.out.replace("version", "")
        journey("sql", "from range(7)", "--limit", "7", *form)
        assert "there are more" not in capsys.readouterr().err


def test_a_table_shows_a_hundred_rows_and_machines_get_all(
    desk: Settings, journey: Journey, capsys: pytest.CaptureFixture
) -> None:
    journey("sql", "from runs")
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 101
    assert "there are more" in shown.err
    journey("sql", "from runs", "--csv")
    assert len(capsys.readouterr().out.splitlines()) == 20_001
    journey("sql", "from runs", "--json")
    assert len(json.loads(capsys.readouterr().out)) == 20_000


def test_csv_defuses_text_and_leaves_numbers_alone(
    desk: Settings, journey: Journey, capsys: pytest.CaptureFixture
) -> None:
    journey("sql", "select campaign, balance, is_seen, seen_at, nothing from campaigns", "--csv")
    header, *rows = csv.reader(io.StringIO(capsys.readouterr().out, newline=""))
    assert header == ["campaign", "balance", "is_seen", "seen_at", "nothing"]
    assert [row[0] for row in rows] == [*(f"'{text}" for text in FORMULAS), *HARMLESS]
    assert {tuple(row[1:]) for row in rows} == {("-1.5", "true", "2026-11-21 12:34:56.789000", "")}


def test_json_is_exact(desk: Settings, journey: Journey, capsys: pytest.CaptureFixture) -> None:
    journey(
        "sql",
        "select campaign, balance, revenue, nothing, 'nan'::double as n from campaigns",
        "--json",
    )
    rows = json.loads(capsys.readouterr().out)
    assert [row["campaign"] for row in rows] == [*FORMULAS, *HARMLESS]
    assert {(row["balance"], row["revenue"], row["nothing"], row["n"]) for row in rows} == {
        (-1.5, 1234567.89, None, None)
    }


def test_json_loses_no_column_of_a_name_given_twice(
    desk: Settings, journey: Journey, capsys: pytest.CaptureFixture
) -> None:
    journey("sql", "select 1 as a, 2 as a, 3 as a", "--json")
    assert json.loads(capsys.readouterr().out) == [{"a": 1, "a_1": 2, "a_2": 3}]
    journey("sql", "select 1 as a where false", "--json")
    assert json.loads(capsys.readouterr().out) == []


def test_no_cell_steers_the_terminal(
    desk: Settings, journey: Journey, capsys: pytest.CaptureFixture
) -> None:
    journey("sql", 'select campaign, campaign as "\x1b[31mred" from campaigns')
    shown = capsys.readouterr().out
    assert "\\x1b[2Jwiped" in shown
    assert "\x1b" not in shown
    assert "\r" not in shown


def test_small_and_endless_numbers_are_not_rounded_to_nothing(
    desk: Settings, journey: Journey, capsys: pytest.CaptureFixture
) -> None:
    journey("sql", "select 0.00001234::double, 'inf'::double, 2.0::double, 0.0::double")
    assert capsys.readouterr().out.splitlines()[1].split() == ["1.23e-05", "inf", "2", "0"]


def test_a_sealed_query_may_still_be_larger_than_memory(desk: Settings) -> None:
    small = desk.model_copy(update={"memory_limit": "32MB", "threads": 1})
    with open_snapshot(small) as snapshot:
        sort = "select range, hash(range) as place from range(3000000) order by place"
        [(spill,)] = answer(snapshot, "select current_setting('temp_directory')").rows()
        assert next(answer(snapshot, sort).rows())
        assert any(Path(spill).iterdir())
    assert not Path(spill).exists()
    assert not desk.spill_dir.is_relative_to(spill)


def test_one_program_may_open_the_snapshot_more_than_once(desk: Settings) -> None:
    with open_snapshot(desk) as one, open_snapshot(desk) as other:
        for snapshot in (one, other):
            assert list(answer(snapshot, "select entered from stage_funnel").rows()) == [(1,)]


def test_before_the_first_run_a_sentence_says_what_to_run(empty: Settings) -> None:
    with (
        pytest.raises(DataError, match="nothing is published yet; run `journey run`"),
        open_snapshot(empty),
    ):
        pass
    assert not empty.data_dir.exists()


def test_a_snapshot_that_cannot_be_opened_is_named(empty: Settings) -> None:
    version = publish_run(empty)
    version.database.chmod(0o644)
    version.database.write_bytes(b"no database")
    with pytest.raises(EngineError, match="`journey rollback`"), open_snapshot(empty):
        pass


def test_csv_and_json_at_once_are_rejected(desk: Settings, journey: Journey) -> None:
    with pytest.raises(ConfigurationError, match="exclude each other"):
        journey("sql", "select 1", "--csv", "--json")


def test_a_query_can_come_from_a_pipe(
    desk: Settings,
    journey: Journey,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("-- how many?\nselect 42 as answer;"))
    journey("sql", "-", "--csv")
    assert capsys.readouterr().out == "answer\n42\n"
