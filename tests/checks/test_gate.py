"""How the gates run: what is an error, what is a result, and what is never shown."""

import datetime
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from journey.checks import (
    blocking_failures,
    is_blocked,
    read_suite,
    suites_of,
    validate,
    validate_marts,
    validate_raw,
)
from journey.core.errors import ConfigurationError, EngineError
from journey.core.redaction import without_values
from journey.core.settings import Settings
from tests.conftest import REPO
from tests.small_warehouse import write_arrived

ROWS = {
    "type": "expect_table_row_count_to_be_between",
    "kwargs": {"min_value": 1},
    "severity": "critical",
    "description": "There are rows",
    "meta": {"why": "Nothing is right about nothing."},
}


def suite_file(folder: Path, layer: str, table: str, *expectations: dict) -> Path:
    path = folder / layer / f"{table}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        yaml.safe_dump({"name": f"{layer}.{table}", "expectations": list(expectations)})
    )
    return path


def query(sql: str, severity: str = "critical", description: str = "No row is odd") -> dict:
    return {
        "type": "expect_query_to_return_no_rows",
        "kwargs": {"unexpected_rows_query": sql},
        "severity": severity,
        "description": description,
        "meta": {"why": "Odd rows are wrong."},
    }


@dataclass
class Arrived:
    """What ingest holds out to the gate."""

    kind: str
    files: list[str] = field(default_factory=list)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    return Settings.load(config, tmp_path / "it's data", threads=2)


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    """One raw suite and one mart suite, small enough to read."""
    folder = tmp_path / "expectations"
    suite_file(folder, "raw", "orders", ROWS)
    suite_file(
        folder, "marts", "numbers", ROWS, query("select number from {batch} where number > 3")
    )
    return folder


def build(settings: Settings, sql: str) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(f"create schema if not exists marts; {sql}")


def test_a_check_is_described_in_words_and_numbers(settings: Settings, suites: Path) -> None:
    build(settings, "create table marts.numbers as from range(7) as numbers (number)")
    rows, odd = validate(settings, "marts", ["numbers"], suites_dir=suites)
    assert (rows.asset, rows.suite, rows.check_name) == (
        "marts/numbers",
        "marts.numbers",
        "there_are_rows",
    )
    assert (rows.is_passed, rows.observed, rows.unexpected_count) == (True, None, None)
    assert (odd.is_passed, odd.unexpected_count, odd.observed) == (False, 3, 3.0)
    assert odd.expected == "No row is odd"
    assert odd.detail == "3 rows break it. Odd rows are wrong."
    assert blocking_failures([rows, odd]) == [odd]
    build(settings, "delete from marts.numbers where number > 3")
    _, odd = validate(settings, "marts", ["numbers"], suites_dir=suites)
    assert (odd.is_passed, odd.unexpected_count, odd.observed) == (True, 0, 0.0)


def test_a_failed_check_says_what_was_found(settings: Settings, suites: Path) -> None:
    few = ROWS | {"kwargs": {"min_value": 8}}
    positive = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "number", "min_value": 2},
        "severity": "critical",
        "description": "Numbers are at least two",
        "meta": {"why": "One is none."},
    }
    suite_file(suites, "marts", "numbers", few, positive)
    build(settings, "create table marts.numbers as from range(7) as numbers (number)")
    rows, low = validate(settings, "marts", ["numbers"], suites_dir=suites)
    assert (rows.observed, rows.detail) == (7, "found 7. Nothing is right about nothing.")
    assert (low.unexpected_count, low.element_count) == (2, 7)
    assert low.detail == "2 rows break it, of 7. One is none."


def test_a_suite_names_values_of_the_warehouse_and_of_the_contract(
    settings: Settings, suites: Path, tmp_path: Path
) -> None:
    (suites / "parameters.yml").write_text("largest: select max(most) from marts.limits")
    limited = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "number", "max_value": {"$PARAMETER": "largest"}},
        "severity": "critical",
        "description": "Numbers stay below the largest",
        "meta": {"why": "There is a limit."},
    }
    suite_file(suites, "marts", "numbers", ROWS, limited)
    build(settings, "create table marts.numbers as from range(7) as numbers (number)")
    build(settings, "create table marts.limits as select 4 as most")
    suite_file(suites, "marts", "limits", ROWS)
    _, found = validate(settings, "marts", ["numbers"], suites_dir=suites)
    assert found.unexpected_count == 2
    allowed = limited | {
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "status", "value_set": {"$PARAMETER": "status_values"}},
    }
    suite_file(suites, "raw", "orders", ROWS, allowed)
    files = write_arrived(tmp_path / "bad", "orders", "update arrived set status = 'open'")
    _, found = validate(settings, "raw", {"orders": files}, suites_dir=suites)
    assert not found.is_passed


def test_a_value_that_no_query_gives_is_a_mistake_of_the_suite(
    settings: Settings, suites: Path
) -> None:
    kwargs = {"min_value": {"$PARAMETER": "smallest"}}
    suite_file(suites, "marts", "numbers", ROWS | {"kwargs": kwargs})
    build(settings, "create table marts.numbers as select 1 as number")
    with pytest.raises(ConfigurationError, match=r"names the value smallest; add its query to"):
        validate(settings, "marts", ["numbers"], suites_dir=suites)


def test_a_warning_is_reported_and_stops_nothing(settings: Settings, suites: Path) -> None:
    suite_file(suites, "marts", "numbers", ROWS, query("select number from {batch}", "warning"))
    build(settings, "create table marts.numbers as select 1 as number")
    checks = validate(settings, "marts", ["numbers"], suites_dir=suites)
    assert [check.is_passed for check in checks] == [True, False]
    assert checks[1].detail.startswith("1 row breaks it. ")
    assert not is_blocked(checks)


def test_the_warehouse_is_free_for_its_writer_after_the_gate(
    settings: Settings, suites: Path
) -> None:
    build(settings, "create table marts.numbers as select 1 as number")
    validate(settings, "marts", ["numbers"], suites_dir=suites)
    build(settings, "insert into marts.numbers values (9)")
    checks = validate(settings, "marts", ["numbers"], suites_dir=suites)
    assert is_blocked(checks)


@pytest.mark.parametrize(
    "sql",
    [
        "select number from {batch} where absent = 1",
        "select number from {batch} where cast('ann@example.com' as integer) = number",
        "select number from {batch} whre number = 1",
    ],
    ids=["no column", "no number", "no SQL"],
)
def test_a_check_that_cannot_run_is_an_error_and_neither_pass_nor_failure(
    settings: Settings, suites: Path, sql: str
) -> None:
    suite_file(suites, "marts", "numbers", ROWS, query(sql))
    build(settings, "create table marts.numbers as select 1 as number")
    with pytest.raises(
        EngineError, match=r"'No row is odd' of numbers\.yml could not run"
    ) as error:
        validate(settings, "marts", ["numbers"], suites_dir=suites)
    assert error.value.exit_code == 4
    assert "ann@example.com" not in str(error.value)


def test_an_unknown_expectation_is_an_error(settings: Settings, suites: Path) -> None:
    suite_file(suites, "marts", "numbers", ROWS | {"type": "expect_miracles"})
    build(settings, "create table marts.numbers as select 1 as number")
    with pytest.raises(EngineError, match="expect_miracles"):
        validate(settings, "marts", ["numbers"], suites_dir=suites)


def test_a_table_without_a_suite_and_a_suite_without_a_table_stop_the_run(
    settings: Settings, suites: Path
) -> None:
    build(settings, "create table marts.numbers as select 1 as number")
    build(settings, "create table marts.letters as select 'a' as letter")
    with pytest.raises(ConfigurationError, match=r"marts/letters has no suite; add letters\.yml"):
        validate(settings, "marts", ["letters", "numbers"], suites_dir=suites)
    suite_file(suites, "marts", "words", ROWS)
    with pytest.raises(ConfigurationError, match="marts/words has no table"):
        validate(settings, "marts", ["numbers"], suites_dir=suites)


def test_nothing_that_arrived_gives_no_checks_and_costs_nothing(settings: Settings) -> None:
    assert validate_raw(settings, Arrived("orders")) == []
    assert not settings.data_dir.exists()


def test_what_arrived_is_judged_alone_and_nothing_is_left_on_disk(
    settings: Settings, tmp_path: Path
) -> None:
    good = write_arrived(tmp_path / "good", "orders")
    checks = validate_raw(settings, Arrived("orders", good))
    assert checks
    assert not is_blocked(checks)
    bad = write_arrived(tmp_path / "bad", "orders", "update arrived set status = 'Is open'")
    checks = validate_raw(settings, Arrived("orders", bad))
    assert [check.check_name for check in blocking_failures(checks)] == [
        "every_order_has_a_status_in_snake_case"
    ]
    assert [path.name for path in settings.data_dir.iterdir()] == ["spill"]


def test_unreadable_files_are_an_error(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "event_date=2026-11-20" / "broken.parquet"
    broken.parent.mkdir()
    broken.write_text("this is no Parquet")
    with pytest.raises(EngineError, match="cannot be read"):
        validate_raw(settings, Arrived("orders", [str(broken)]))


def test_a_missing_warehouse_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(EngineError, match="run `journey run` first"):
        validate_marts(settings, ["people"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "raw.people"}, "its name must be marts.numbers"),
        ({"expectations": []}, "lists no expectations"),
        ({"expectations": [ROWS | {"severity": "bad"}]}, "must have a severity: critical or"),
        ({"expectations": [ROWS | {"description": ""}]}, "expectation 1 has no description"),
        ({"expectations": [ROWS | {"meta": {}}]}, "does not say why"),
        ({"expectations": [ROWS, ROWS]}, "two expectations are called 'There are rows'"),
        ({"expectations": [query("select 1")]}, "must read {batch}"),
    ],
)
def test_a_badly_written_suite_says_what_is_wrong_and_where(
    tmp_path: Path, change: dict, sentence: str
) -> None:
    path = suite_file(tmp_path, "marts", "numbers", ROWS)
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | change))
    with pytest.raises(ConfigurationError) as error:
        read_suite(path)
    assert str(path) in str(error.value)
    assert sentence in str(error.value)


def test_yaml_that_is_none_says_so(tmp_path: Path) -> None:
    path = suite_file(tmp_path, "marts", "numbers", ROWS)
    path.write_text("name: [")
    with pytest.raises(ConfigurationError, match="not valid YAML"):
        read_suite(path)
    with pytest.raises(ConfigurationError, match="no suite here"):
        suites_of("raw", tmp_path)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Could not convert string 'ann@example.com' to INT\nLINE 1: ...", "'…' to INT"),
        ('Could not convert string "Ann Lee 020 7946 0958" to DECIMAL(5,2)', '"…" to DECIMAL(5,2)'),
        ("""Could not convert string 'Ann "A" O'Lee' to DOUBLE""", "'…' to DOUBLE"),
        ("""Could not convert string "Ann 'A' O"Lee" to DATE""", '"…" to DATE'),
        ("Could not convert string 'Ann\nLee' to INT", "string '…'"),
        ("Type INT64 with value 447700900123 can't be cast", "with value … can'…'"),
    ],
)
def test_values_are_cut_from_messages(message: str, shown: str) -> None:
    cut = without_values(f"Conversion Error: {message}")
    assert cut.startswith("Conversion Error: ")
    assert cut.endswith(shown)
    assert not {"Ann", "Lee", "ann", "447700900123"} & set(re.findall(r"\w+", cut))


@pytest.mark.parametrize(
    ("raised", "shown"),
    [
        ("select error('zebulon quartermain')", "Invalid Input Error: …"),
        ("select regexp_matches('a', x) from (values ('(zebulon quartermain')) as t (x)", ": …"),
        ("select regexp_matches('a', x) from (values ('[zebulon')) as t (x)", ": …"),
        ("select 'zeb\\zebulon'::blob", "Conversion Error: Invalid hex escape code"),
        ("select format(x, 1) from (values ('{zebulon}')) as t (x)", "Argument with name"),
        ("select strptime('zebulon quartermain', '%Y')", "Could not parse string"),
        (lambda: pd.to_datetime("zebulon quartermain"), "unable to parse: …"),
        (lambda: pd.Period("zebulon quartermain"), "unable to parse: …"),
        (lambda: pd.Timestamp("zebulon quartermain"), ""),
        (lambda: pd.Timedelta("zebulon quartermain"), ""),
        (lambda: datetime.date.fromisoformat("zebulon"), "Invalid isoformat string: '…'"),
        (lambda: float("zebulon"), "could not convert string to float: '…'"),
    ],
)
def test_values_without_quotes_are_cut_too(raised, shown: str) -> None:
    with pytest.raises(Exception) as failed:  # noqa: PT011
        duckdb.sql(raised).fetchall() if isinstance(raised, str) else raised()
    kind = type(failed.value)
    for message in (str(failed.value), f"{kind.__module__}.{kind.__name__}: {failed.value}"):
        cut = without_values(message)
        assert shown in cut
        assert not re.search("zeb|quartermain", cut, re.IGNORECASE), cut


@pytest.mark.parametrize(
    "message",
    [
        "IO Error: Could not set lock on file: Resource temporarily unavailable",
        "Out of Memory Error: failed to allocate data of size 1 GiB (2 GiB/2 GiB used)",
        "Conversion Error: Could not convert string '…' to INT32",
    ],
)
def test_what_holds_no_value_is_shown_whole(message: str) -> None:
    assert without_values(message) == message


def test_names_in_messages_about_the_sql_are_kept() -> None:
    message = 'Binder Error: Referenced column "who" not found in FROM clause!\nLINE 1: ...'
    assert without_values(message) == message.splitlines()[0]


def test_great_expectations_is_imported_only_when_something_is_judged() -> None:
    code = (
        "import sys, journey.checks, journey.publish, journey.read.status;"
        "assert 'great_expectations' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=REPO, check=True)


def test_judging_leaves_the_terminal_clean(settings: Settings, suites: Path) -> None:
    build(settings, "create table marts.numbers as select 1 as number")
    code = (
        "import sys; from pathlib import Path;"
        "from journey import checks; from journey.core.settings import Settings;"
        "settings = Settings.load(sys.argv[1], sys.argv[2]);"
        "checks.validate("
        "settings, 'marts', ['numbers'], suites_dir=Path(sys.argv[3]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, settings.config_file, settings.data_dir, suites],
        cwd=REPO,
        env=os.environ | {"GX_ANALYTICS_ENABLED": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert done.stderr == ""
