"""`journey export`: the three formats hold the mart, nothing in them runs, and nothing is half."""

import csv
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from journey.core.errors import ConfigurationError, EngineError
from journey.core.settings import Settings
from journey.read import answer, open_snapshot
from journey.read.export import export
from tests.conftest import Shop
from tests.read.conftest import FORMULAS, HARMLESS, publish_run
from tests.read.workbooks import cells

CAMPAIGNS = [*FORMULAS, *HARMLESS]
TOO_MANY = "create table marts.endless as select range as n from range(1048576)"
TOO_LONG = "create table marts.endless as select repeat('x', 32768) as path"


def published(settings: Settings, mart: str) -> list[tuple]:
    with open_snapshot(settings) as snapshot:
        return list(answer(snapshot, f"from {mart}").rows())


def test_parquet_holds_the_mart_as_it_is(desk: Settings, shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "campaigns.parquet"
    done = shop.journey("export", "campaigns", "--to", str(path))
    assert done.returncode == 0, done.stderr
    assert f"{len(CAMPAIGNS)} rows of campaigns" in done.stdout
    assert duckdb.sql(f"from '{path}'").fetchall() == published(desk, "campaigns")
    assert [file.name for file in tmp_path.iterdir()] == ["campaigns.parquet"]


def test_csv_holds_the_mart_with_its_formulas_defused(desk: Settings, tmp_path: Path) -> None:
    path = tmp_path / "campaigns.CSV"
    assert export(desk, "campaigns", path).rows == len(CAMPAIGNS)
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["campaign"] for row in rows] == [
        *(f"'{text}" for text in FORMULAS),
        *HARMLESS,
    ]
    assert {row["balance"] for row in rows} == {"-1.5"}
    assert {row["revenue"] for row in rows} == {"1234567.89"}
    assert {row["nothing"] for row in rows} == {""}


def test_a_workbook_holds_values_of_their_types_and_runs_nothing(
    desk: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "campaigns.xlsx"
    export(desk, "campaigns", path)
    found = cells(path)
    assert [found[f"{column}1"] for column in "ABC"] == [
        ("s", "number"),
        ("s", "campaign"),
        ("s", "balance"),
    ]
    texts = [found.get(f"B{row}", ("s", ""))[1] for row in range(2, len(CAMPAIGNS) + 2)]
    stored = [text.replace("\x1b", "_x001B_").replace("\r", "_x000D_") for text in CAMPAIGNS]
    assert texts == stored
    assert found["A2"] == ("n", "1")
    assert found["C2"] == ("n", "-1.5")
    assert found["D2"] == ("n", "1234567.89")
    assert found["E2"] == ("n", "46347")
    assert float(found["F2"][1]) == pytest.approx(46347 + (12 * 3600 + 34 * 60 + 56.789) / 86400)
    assert found["G2"] == ("b", "1")
    assert "H2" not in found
    assert f"A{len(CAMPAIGNS) + 2}" not in found


def test_a_workbook_says_what_its_columns_mean(desk: Settings, tmp_path: Path) -> None:
    path = tmp_path / "campaigns.xlsx"
    version = export(desk, "campaigns", path).version
    found = [text for _, text in cells(path, sheet=2).values()]
    assert "Campaigns. One row per campaign." in found
    assert "=Its name, as delivered." in found
    assert version.name in found


def test_a_mart_that_no_sheet_holds_is_rejected_with_the_alternative(
    empty: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "endless.xlsx"
    path.write_text("of before")
    for sql, sentence in (
        (TOO_MANY, r"1,048,576 rows and an Excel sheet holds 1,048,575 .* \.parquet or \.csv"),
        (TOO_LONG, r"row 1: path is longer than the 32,767 characters .* \.parquet or \.csv"),
    ):
        publish_run(empty, endless=sql)
        with pytest.raises(ConfigurationError, match=sentence):
            export(empty, "endless", path)
        assert path.read_text() == "of before"
        assert [file.name for file in tmp_path.glob("*endless*")] == ["endless.xlsx"]
    export(empty, "endless", tmp_path / "endless.csv")


def test_a_workbook_of_many_rows_needs_little_memory(desk: Settings, tmp_path: Path) -> None:
    import tracemalloc

    tracemalloc.start()
    export(desk, "runs", tmp_path / "runs.xlsx")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(cells(tmp_path / "runs.xlsx")) == 20_001
    assert peak < 5e6


@pytest.mark.parametrize(
    ("mart", "to", "sentence"),
    [
        ("stage_funel", "a.csv", "no published mart 'stage_funel'; did you mean stage_funnel?"),
        ("x", "a.csv", "give one of campaigns, runs, stage_funnel"),
        ("runs; drop table runs", "a.csv", "there is no published mart"),
        ("runs", "a.txt", "one of .csv, .parquet, .xlsx"),
        ("runs", "runs", "one of .csv, .parquet, .xlsx"),
        ("runs", "absent/a.csv", "there is no such folder; make it"),
        ("runs", "folder.csv", "is a folder; name a file"),
        ("runs", "data/published/parquet/runs.parquet", "which only runs change"),
        ("runs", "data/published/current/new.csv", "which only runs change"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_written(
    desk: Settings, tmp_path: Path, mart: str, to: str, sentence: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "data").symlink_to(desk.data_dir)
    before = sorted(desk.published_dir.rglob("*"))
    with pytest.raises(ConfigurationError) as mistake:
        export(desk, mart, tmp_path / to)
    assert sentence in str(mistake.value)
    assert "\n" not in str(mistake.value)
    assert sorted(desk.published_dir.rglob("*")) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "folder.csv"]


def test_a_workbook_that_cannot_be_begun_is_said_so(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What writes workbooks has errors of its own for a folder that went meanwhile."""
    (tmp_path / "gone").mkdir()
    monkeypatch.setattr(
        "journey.read.export.open_snapshot",
        lambda *given, **named: ((tmp_path / "gone").rmdir(), open_snapshot(*given, **named))[1],
    )
    with pytest.raises(EngineError, match=r"runs could not be written .*No such file"):
        export(desk, "runs", tmp_path / "gone" / "runs.xlsx")


def test_a_disk_that_fails_leaves_what_was_there(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "runs.csv"
    path.write_text("of before")
    monkeypatch.setattr("journey.read.export.os.replace", full)
    with pytest.raises(EngineError, match=r"runs could not be written .*No space left"):
        export(desk, "runs", path)
    assert path.read_text() == "of before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_version_that_goes_while_it_is_being_opened_is_no_failure(
    empty: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = publish_run(empty, 1)
    now = publish_run(empty.model_copy(update={"keep_versions": 1}), 2)
    assert not gone.database.exists()
    said = iter([gone, now])
    monkeypatch.setattr("journey.publish.current", lambda _: next(said))
    assert published(empty, "stage_funnel") == [("Intent", 2)]


def test_readers_take_whole_versions_while_runs_are_published(
    empty: Settings, tmp_path: Path
) -> None:
    """Only the last run is kept, so that some are deleted while they are being opened."""
    settings = empty.model_copy(update={"keep_versions": 1})
    publish_run(settings, 1)
    is_over = threading.Event()
    failures: list[BaseException] = []
    seen: list[int] = []

    def read(take: Callable[[], list[tuple]]) -> None:
        try:
            while not is_over.is_set():
                [(run, rows)] = take()
                assert rows == 20_000
                seen.append(run)
        except BaseException as error:
            failures.append(error)

    def by_question() -> list[tuple]:
        with open_snapshot(settings) as snapshot:
            query = "select entered, (select count(*) from runs where run = entered)"
            return list(answer(snapshot, f"{query} from stage_funnel").rows())

    def by_export() -> list[tuple]:
        path = tmp_path / "runs.parquet"
        export(settings, "runs", path)
        return duckdb.sql(f"select run, count(*) from '{path}' group by run").fetchall()

    readers = [threading.Thread(target=read, args=(take,)) for take in (by_question, by_export)]
    for reader in readers:
        reader.start()
    for run in range(2, 10):
        publish_run(settings, run)
    is_over.set()
    for reader in readers:
        reader.join()
    assert not failures, failures
    assert len(set(seen)) > 1
