"""`journey ask`: every question of the folder has an answer, and mistakes are explained."""

import csv
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
import yaml
from _pytest.capture import CaptureResult

from journey.core.errors import ConfigurationError
from journey.core.resources import resource
from journey.core.settings import Settings
from journey.read import Snapshot, open_snapshot, questions
from orchestration import cli
from tests.conftest import Shop

QUESTIONS = questions.questions()
BY_NAME = {question.path.stem.split("_", 1)[1]: question for question in QUESTIONS}
A_QUESTION = "-- Is it so?\n-- Read it\n-- in two lines.\nselect 1 as one\n"


@pytest.fixture(scope="module")
def settings(demo: Shop) -> Settings:
    return Settings.load(demo.config, demo.data_dir)


@pytest.fixture(scope="module")
def snapshot(settings: Settings) -> Iterator[Snapshot]:
    with open_snapshot(settings) as opened:
        yield opened


def answered(snapshot: Snapshot, asked: questions.Question) -> tuple[tuple[str, ...], list[tuple]]:
    """Columns and rows."""
    answer = questions.ask(snapshot, asked)
    return answer.columns, list(answer.rows())


def said(arguments: list[str], settings: Settings, monkeypatch, capsys) -> CaptureResult:
    """What `journey` prints in this process."""
    options = ["--config", str(settings.config_file), "--data-dir", str(settings.data_dir)]
    monkeypatch.setattr("sys.argv", ["journey", *arguments, *options])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code
    return capsys.readouterr()


def test_there_are_twenty_questions_and_more_numbered_without_gaps() -> None:
    numbers = [question.number for question in QUESTIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 20


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.path.stem)
def test_a_question_asks_and_is_answered(question: questions.Question, snapshot: Snapshot) -> None:
    assert question.sentence.endswith("?")
    assert question.how_to_read.endswith(".")
    columns, rows = answered(snapshot, question)
    assert rows
    for column, values in zip(columns, zip(*rows, strict=True), strict=True):
        assert any(value is not None for value in values), column
    assert not {"person_id", "visit_id", "touchpoint_id", "order_id"} & set(columns)
    assert len(set(columns)) == len(columns)


def test_the_exposure_names_the_marts_that_are_asked() -> None:
    """Who changes a mart sees in the catalogue that questions read it."""
    exposed = yaml.safe_load((resource("dbt_project") / "models" / "exposures.yml").read_text())[
        "exposures"
    ]
    (named,) = (each["depends_on"] for each in exposed if each["name"] == "questions")
    asked = {mart for question in QUESTIONS for mart in re.findall(r"marts\.(\w+)", question.sql)}
    assert {f"ref('{mart}')" for mart in asked} == set(named)


def test_an_answer_is_what_the_snapshot_says(snapshot: Snapshot) -> None:
    """One answer by another road: customers and revenue of all tenths are those of all people."""
    columns, rows = answered(snapshot, BY_NAME["revenue_concentration"])
    customers, revenue = (
        sum(row[columns.index(name)] for row in rows) for name in ("customers", "revenue")
    )
    found = snapshot.connection.execute(
        "select count(*) filter (where order_count > 0), sum(net_revenue) from marts.people"
    )
    assert found.fetchone() == (customers, revenue)
    assert customers > 0
    assert revenue > 0


def test_the_net_change_of_a_month_is_how_many_more_are_active(snapshot: Snapshot) -> None:
    columns, rows = answered(snapshot, BY_NAME["growth"])
    active, change = (
        [row[columns.index(name)] for row in rows] for name in ("active_people", "net_change")
    )
    assert len(active) > 2
    assert change == [now - before for before, now in pairwise([0, *active])]


def test_who_was_sent_a_mail_ordered_after_any_of_their_clicks() -> None:
    """Ann orders after her second click, Bob too late, Cid before; Dan was never sent it. Eve's
    order does not count."""
    touches = [
        ("ann", "email:sent", "2026-01-01", False),
        ("ann", "email:clicked", "2026-01-02", True),
        ("ann", "email:clicked", "2026-01-20", True),
        ("ann", "order:placed", "2026-01-21", True),
        ("bob", "email:sent", "2026-01-01", False),
        ("bob", "email:opened", "2026-01-02", False),
        ("bob", "email:clicked", "2026-01-02", True),
        ("bob", "order:placed", "2026-01-09", True),
        ("cid", "email:sent", "2026-01-01", False),
        ("cid", "order:placed", "2026-01-02", True),
        ("cid", "email:opened", "2026-01-03", True),
        ("cid", "email:clicked", "2026-01-03", True),
        ("dan", "email:dropped", "2026-01-01", False),
        ("dan", "email:clicked", "2026-01-02", True),
        ("dan", "order:placed", "2026-01-03", True),
        ("eve", "email:sent", "2026-01-01", False),
    ]
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.touchpoints (person_id varchar, touchpoint varchar,"
            " occurred_at timestamp, is_inbound boolean, campaign varchar)"
        )
        connection.executemany(
            "insert into marts.touchpoints values"
            " ($1, $2, $3, $4, case when $2 like 'email:%' then 'hello' end)",
            touches,
        )
        connection.execute(
            "create table marts.orders as select person_id, occurred_at as ordered_at,"
            " true as is_counted from marts.touchpoints where touchpoint = 'order:placed'"
        )
        connection.execute("insert into marts.orders values ('eve', '2026-01-02', false)")
        connection.execute(
            "insert into marts.touchpoints values"
            " ('eve', 'email:clicked', '2026-01-01', true, 'hello')"
        )
        shown = connection.execute(BY_NAME["mail_campaigns"].sql)
        assert [column for column, *_ in shown.description] == [
            *("campaign", "people", "opened", "clicked", "ordered", "ordered_rate")
        ]
        assert shown.fetchall() == [("hello", 4, 1, 4, 1, 0.25)]


def test_without_a_number_all_are_listed(settings, monkeypatch, capsys) -> None:
    listed = said(["ask"], settings, monkeypatch, capsys).out
    assert all(question.sentence in listed for question in QUESTIONS)
    found = json.loads(said(["ask", "--json"], settings, monkeypatch, capsys).out)
    assert [each["number"] for each in found] == [question.number for question in QUESTIONS]


def test_an_answer_says_what_was_asked_how_to_read_it_and_of_when(
    settings, monkeypatch, capsys
) -> None:
    words = said(["ask", "1"], settings, monkeypatch, capsys)
    question = QUESTIONS[0]
    assert question.sentence in words.out
    assert question.how_to_read in words.out
    assert "Awareness" in words.out
    assert "as of 2026-11-21 00:00 UTC" in words.err


def test_machines_get_every_digit(settings, snapshot, monkeypatch, capsys) -> None:
    columns, rows = answered(snapshot, QUESTIONS[0])
    as_json = json.loads(said(["ask", "1", "--json"], settings, monkeypatch, capsys).out)
    assert as_json["question"] == QUESTIONS[0].sentence
    assert [tuple(row.values()) for row in as_json["rows"]] == rows
    header, *lines = csv.reader(
        said(["ask", "1", "--csv"], settings, monkeypatch, capsys).out.splitlines()
    )
    assert tuple(header) == columns
    rate = columns.index("drop_off_rate")
    assert [float(line[rate]) for line in lines] == [row[rate] for row in rows]


def test_a_question_cannot_write(snapshot: Snapshot) -> None:
    asked = questions.Question(1, "", "", "delete from marts.people", Path("1_delete.sql"))
    with pytest.raises(ConfigurationError, match=r"1_delete.sql: version .* read-only"):
        questions.ask(snapshot, asked)


def test_mistakes_are_explained(snapshot: Snapshot) -> None:
    with pytest.raises(ConfigurationError, match="no question 99; `journey ask` lists them"):
        questions.question(99)
    asked = questions.Question(1, "", "", "select * from marts.nowhere", Path("1_nowhere.sql"))
    with pytest.raises(ConfigurationError, match=r"1_nowhere.sql: version .* cannot answer it"):
        questions.ask(snapshot, asked)


def test_the_folder_is_the_list(tmp_path: Path) -> None:
    (tmp_path / "2_second.sql").write_text(A_QUESTION)
    (tmp_path / "10_tenth.sql").write_text(A_QUESTION)
    (tmp_path / "README.md").write_text("no question")
    second, tenth = questions.questions(shipped=tmp_path)
    assert (second.number, tenth.number) == (2, 10)
    assert (second.sentence, second.how_to_read) == ("Is it so?", "Read it in two lines.")
    assert second.sql == "select 1 as one"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unnumbered.sql", A_QUESTION),
        ("1_uncommented.sql", "select 1 as one"),
        ("1_unread.sql", "-- Is it so?\nselect 1 as one"),
        ("1_empty.sql", "-- Is it so?\n-- Read it.\n\n"),
    ],
)
def test_a_file_that_is_no_question_is_named(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigurationError, match=f"{name}: a question is a file NN_short_name.sql"):
        questions.questions(tmp_path)


def test_a_team_s_own_questions_join_the_shipped_ones_or_replace_them(tmp_path: Path) -> None:
    replaced = QUESTIONS[0]
    (tmp_path / replaced.path.name).write_text(A_QUESTION)
    (tmp_path / "900_own.sql").write_text(A_QUESTION)
    found = {question.number: question for question in questions.questions(tmp_path)}
    assert len(found) == len(QUESTIONS) + 1
    assert found[replaced.number].sentence == found[900].sentence == "Is it so?"
    assert questions.question(900, tmp_path).path == tmp_path / "900_own.sql"


def test_a_number_belongs_to_one_question(tmp_path: Path) -> None:
    (tmp_path / "1_one.sql").write_text(A_QUESTION)
    (tmp_path / "01_other.sql").write_text(A_QUESTION)
    with pytest.raises(ConfigurationError, match=r"question 1 is .* already"):
        questions.questions(tmp_path)
