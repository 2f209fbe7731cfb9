"""The first of the setting `stage_models` is the default of every reader, whatever it is called.

The demo's default stage model and its stages get other names, in a copy: code that looks for a name
of the shipped one finds nothing there.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from journey.catalogue import look, tables
from journey.core.settings import Settings
from journey.pages.report.sections import read_sections
from journey.read import Snapshot, open_snapshot, questions
from tests.conftest import Shop, make_shop
from tests.parsed_project import parsed_project
from tests.read.worked_answers import answers_of

STAGES = ("stage", "from_stage", "to_stage")
NO_STAGES = ("start", "lapsed", "none")


def rename(path: Path) -> None:
    """Give the default stage model and its stages names that no code can know."""
    path.chmod(0o600)
    with duckdb.connect(str(path)) as connection:
        columns = connection.execute(
            "select table_name, list(column_name) from duckdb_columns() where table_name in ("
            " select table_name from duckdb_columns()"
            " where schema_name = 'marts' and column_name = 'stage_model'"
            ") and schema_name = 'marts' group by all"
        ).fetchall()
        assert len(columns) > 6
        for mart, names in columns:
            changed = ["stage_model = 'ours'"] + [
                f"{name} = if({name} in {NO_STAGES}, {name}, 'our ' || {name})"
                for name in STAGES
                if name in names
            ]
            connection.execute(
                f"update marts.{mart} set {', '.join(changed)} where stage_model = 'digital'"
            )


@pytest.fixture(scope="module")
def renamed(demo: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    copy = make_shop(tmp_path_factory.mktemp("renamed"))
    shutil.copytree(demo.published, copy.published, symlinks=True)
    shutil.copy(demo.data_dir / "warehouse.duckdb", copy.data_dir)
    rename((copy.published / "current.duckdb").resolve())
    rename(copy.data_dir / "warehouse.duckdb")
    return copy


def settings_of(shop: Shop) -> Settings:
    return Settings.load(shop.config, shop.data_dir)


@pytest.fixture(scope="module")
def both(demo: Shop, renamed: Shop) -> Iterator[tuple[Snapshot, Snapshot]]:
    with open_snapshot(settings_of(demo)) as shipped, open_snapshot(settings_of(renamed)) as ours:
        yield shipped, ours


@pytest.mark.parametrize("question", questions.questions(), ids=lambda one: one.path.stem)
def test_questions_are_answered_of_the_default(
    question: questions.Question, both: tuple[Snapshot, Snapshot]
) -> None:
    shipped, ours = (list(questions.ask(snapshot, question).rows()) for snapshot in both)
    assert len(ours) == len(shipped) > 0


def test_the_catalogue_shows_the_default(demo: Shop, renamed: Shop) -> None:
    marts = [one for one in tables(parsed_project().manifest) if one.schema == "marts"]
    shipped, ours = (look(settings_of(shop), marts) for shop in (demo, renamed))
    for one in marts:
        before, after = shipped[one.unique_id], ours[one.unique_id]
        assert after.figures == before.figures, one.address
        assert (after.picture is None) == (before.picture is None), one.address
        assert len(after.preview) == len(before.preview), one.address


@pytest.mark.parametrize("section", read_sections(), ids=lambda one: one.name)
def test_the_report_begins_with_the_default(section, demo: Shop, renamed: Shop) -> None:
    if "stage_model" not in section.columns:
        pytest.skip("no stage models in it")
    assert [each.start for each in section.switches if each.column == "stage_model"] == [None]
    first = []
    for shop in (demo, renamed):
        with duckdb.connect(str(shop.published / "current.duckdb"), read_only=True) as connection:
            connection.execute("set variable as_of = timestamp '2026-11-21'")
            result = connection.execute(section.query)
            place = [name for name, *_ in result.description].index("stage_model")
            first.append([row[place] for row in result.fetchall()])
    shipped, ours = first
    assert len(ours) == len(shipped) > 0
    assert (shipped[0], ours[0]) == ("digital", "ours")


def test_the_notebook_shows_the_default(renamed: Shop) -> None:
    said = answers_of(renamed)
    assert all(rows > 0 for rows, _ in said.values()), said
