"""Several files of one delivery: tables that a source joins, of the file's date or of all dates."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import date

import pytest

from journey import ingest
from journey.core.errors import ConfigurationError
from journey.core.settings import Source
from journey.ingest import rebuild, trial
from journey.ingest.ledger import Ledger
from tests.conftest import REPO
from tests.ingest.conftest import EMAIL_KEY, Warehouse, planned
from tests.ingest.hostile import TEXTS, accounted, check_sentences
from tests.ingest.joined import COLUMNS, GIVEN
from tests.ingest.rows import csv_of

DAYS = (1, 2)


def events(day: int, *ids: int) -> str:
    rows = [f"{day}-{n},2026-02-0{day} 10:00,p{n},m1\n" for n in ids]
    return "id,happened,person_id,metric_id\n" + "".join(rows)


def people(**shop_ids: str) -> str:
    return "id,shop_id\n" + "".join(f"{who},{shop_id}\n" for who, shop_id in shop_ids.items())


@pytest.fixture
def joined(warehouse):
    """Two days of events of two people each, each day with its own people; one table of metrics."""
    warehouse.source(**GIVEN)
    warehouse.deliver("metric.csv", "id,name\nm1,Viewed Product\n")
    for day in DAYS:
        warehouse.deliver(f"events_2026-02-0{day}.csv", events(day, 1, 2))
        warehouse.deliver(f"person_2026-02-0{day}.csv", people(p1="ada", p2=f"bob{day}"))
    return warehouse


def seen(warehouse) -> list[tuple]:
    return warehouse.rows("web_events", "event_id, customer_id, event_name")


EXPECTED = [
    ("1-1", "ada", "viewed_product"), ("1-2", "bob1", "viewed_product"),
    ("2-1", "ada", "viewed_product"), ("2-2", "bob2", "viewed_product"),
]  # fmt: skip


def test_each_file_is_joined_with_the_tables_of_its_date(joined) -> None:
    results = joined.load("web_events").results
    assert seen(joined) == EXPECTED
    assert [(r.delivered, r.loaded) for r in results] == [(2, 2)] * 2
    assert [[(j.table, j.file_name, j.rows, j.unreadable) for j in r.joined] for r in results] == [
        [
            ("person", f"landing/person_2026-02-0{day}.csv", 2, 0),
            ("metric", "landing/metric.csv", 1, 0),
        ]
        for day in DAYS
    ]
    assert planned(joined) == []


def test_what_a_file_was_joined_with_is_in_the_ledger_and_in_one_that_is_rebuilt(joined) -> None:
    joined.load("web_events")
    ledger = Ledger(joined.settings)
    places = [place for place in ledger.known() if "02-01" in place[1]]
    [before] = ledger.results_at(places).values()
    assert [(one.table, one.rows) for one in before.joined] == [("metric", 1), ("person", 2)]
    assert all(len(one.sha256) == 64 for one in before.joined)
    joined.settings.ledger_path.unlink()
    rebuild.rebuild(joined.settings)
    [after] = Ledger(joined.settings).results_at(places).values()
    assert after == before
    assert planned(joined) == []


def test_a_changed_table_reads_again_what_was_joined_with_it_and_says_so(joined, caplog) -> None:
    joined.load("web_events")
    joined.deliver("person_2026-02-02.csv", people(p1="ada", p2="eve"))
    assert planned(joined) == ["landing/events_2026-02-02.csv"]
    with caplog.at_level("INFO", "journey"):
        again = joined.load("web_events")
    assert (
        "source 'web_events': what it is joined with (person, metric) has changed, so 1 file is "
        "read again"
    ) in caplog.messages
    assert [(r.delivered, r.loaded) for r in again.results] == [(2, 2)]
    assert seen(joined)[:3] == EXPECTED[:3]
    assert seen(joined)[3] == ("2-2", "eve", "viewed_product")
    assert len(seen(joined)) == 4
    # A table without a date is of all files.
    joined.deliver("metric_more.csv", "id,name\nm2,Search\n")
    assert len(planned(joined)) == 2
    joined.load("web_events")
    assert len(seen(joined)) == 4
    assert planned(joined) == []


def test_a_missing_table_costs_its_file_until_it_is_there(joined) -> None:
    late = joined.data_dir / "landing/person_2026-02-02.csv"
    content = late.read_bytes()
    late.unlink()
    results = joined.load("web_events").results
    assert [r.status for r in results] == ["loaded", "rejected"]
    assert results[1].reason == (
        "landing/events_2026-02-02.csv: its table 'person' is missing: no file of 2026-02-02 lies "
        "at landing/person_{date}.csv; put it there, or see to `tables` of the source"
    )
    assert planned(joined) == []
    late.write_bytes(content)
    assert planned(joined) == ["landing/events_2026-02-02.csv"]
    joined.load("web_events")
    assert seen(joined) == EXPECTED
    assert Ledger(joined.settings).without_rows() == []


def test_a_table_that_is_taken_away_takes_no_row_with_it(joined) -> None:
    joined.load("web_events")
    (joined.data_dir / "landing/metric.csv").unlink()
    assert planned(joined) == []
    joined.source(**GIVEN | {"columns": COLUMNS | {"country": "'GB'"}})
    again = joined.load("web_events")
    assert len(again.rejected) == 2
    assert all("until then its rows keep the meaning they had" in r.reason for r in again.rejected)
    assert seen(joined) == EXPECTED
    assert planned(joined) == []
    with pytest.raises(ingest.planning.full_refresh.DataError, match="would lose the rows of 2"):
        ingest.reset(joined.settings)
    joined.deliver("metric.csv", "id,name\nm1,Viewed Product\n")
    joined.load("web_events")
    assert {country for (country,) in joined.rows("web_events", "country")} == {"GB"}


def test_a_row_of_a_table_that_cannot_be_read_is_left_out_and_reported(joined, caplog) -> None:
    joined.deliver("person_2026-02-02.csv", people(p1="ada", p2="bob2") + "p3,two,too\n")
    results = joined.load("web_events").results
    assert seen(joined) == EXPECTED
    assert [(j.rows, j.unreadable) for j in results[1].joined if j.table == "person"] == [(2, 1)]
    [said] = [line for line in caplog.messages if "left out" in line]
    assert "1 row of its table 'person', landing/person_2026-02-02.csv, cannot be read" in said
    assert "two" not in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 no", "a zip archive or a spreadsheet"),
        (b"", "is empty"),
        (b"id,other\np1,ada\n", "does not fit"),
    ],
)
def test_a_table_that_cannot_be_read_costs_the_files_that_are_joined_with_it(
    joined, content: bytes, words: str
) -> None:
    joined.deliver("person_2026-02-02.csv", content)
    results = joined.load("web_events").results
    assert [r.status for r in results] == ["loaded", "rejected"]
    check_sentences(results[1])
    assert words in results[1].reason
    assert seen(joined) == EXPECTED[:2]


@pytest.mark.parametrize("container", ["jsonl", "json", "parquet", "csv.gz"])
def test_tables_come_in_every_container(joined, container: str) -> None:
    rows = [{"id": "p1", "shop_id": "ada"}, {"id": "p2", "shop_id": "bob"}]
    joined.source(**GIVEN | {
        "path": "landing/events_*.csv",
        "tables": {"person": f"landing/all.{container}", "metric": "landing/metric.csv"},
    })  # fmt: skip
    content: str | bytes = {
        "jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "json": json.dumps(rows),
        "csv.gz": csv_of(rows),
    }.get(container, "")
    if container == "parquet":
        path = joined.data_dir / "landing/all.parquet"
        joined.query(f"copy (select 'p' || n as id, ['ada', 'bob'][n] as shop_id"
                     f" from range(1, 3) as r(n)) to '{path}'")  # fmt: skip
        content = path.read_bytes()
    joined.deliver(f"all.{container}", content)
    joined.load("web_events")
    assert {(who, count) for who, count in joined.rows(
        "web_events", "customer_id, count(*) over (partition by customer_id)"
    )} == {("ada", 2), ("bob", 2)}  # fmt: skip


RUN = """
import sys
from pathlib import Path
from journey import ingest
from tests.ingest.conftest import Warehouse
from tests.ingest.joined import GIVEN
warehouse = Warehouse(Path(sys.argv[1]))
warehouse.source(**GIVEN)
ingest.sweep(warehouse.settings)
warehouse.load("web_events")
"""


@pytest.mark.parametrize("fault", ["ingest.mid_rename", "ingest.before_ledger"])
def test_a_run_killed_while_it_reads_again_loads_nothing_twice(joined, fault: str) -> None:
    joined.load("web_events")
    joined.deliver("person_2026-02-02.csv", people(p1="ada", p2="eve"))

    def run(fault: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", RUN, joined.data_dir],
            env={**os.environ, "JOURNEY_FAULT": fault, "JOURNEY_EMAIL_KEY": EMAIL_KEY},
            cwd=REPO,
            check=False,
        ).returncode

    assert run(fault) == -signal.SIGKILL
    assert run("") == 0
    assert seen(joined) == [*EXPECTED[:3], ("2-2", "eve", "viewed_product")]
    assert planned(joined) == []


def test_hostile_rows_of_a_table_cost_no_row_of_the_file(joined) -> None:
    rows = [{"id": f"x{n}", "shop_id": text} for n, text in enumerate(TEXTS)]
    rows += [{"id": text, "shop_id": "x"} for text in TEXTS]
    rows += [{"id": "p1", "shop_id": "ada"}, {"id": "p2", "shop_id": "bob2"}]
    joined.deliver("person_2026-02-02.csv", csv_of(rows))
    results = joined.load("web_events").results
    for result in results:
        check_sentences(result)
        assert accounted(result) == result.delivered == 2
    assert seen(joined) == EXPECTED


def test_a_check_joins_too_and_says_what_is_missing(joined) -> None:
    today = date(2026, 3, 1)
    before = joined.files()
    [found] = trial.check(joined.settings, joined.settings.sources, rows=10, today=today)
    assert (found.kept, found.rejected) == (2, None)
    (joined.data_dir / "landing/metric.csv").unlink()
    [found] = trial.check(joined.settings, joined.settings.sources, rows=10, today=today)
    assert "its table 'metric' is missing" in (found.rejected or "")
    assert joined.files() == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"columns": COLUMNS | {"country": "(select max(x) from other)"}}, "no other table"),
        ({"tables": {"files": "landing/a.csv"}}, "'files' is what a load calls"),
        ({"format": "canonical", "columns": {}}, "format 'canonical' joins no tables"),
        ({"format": "ga4", "columns": {}}, "format 'ga4' joins no tables"),
    ],
)
def test_tables_that_cannot_be_joined_are_a_mistake_of_the_settings(
    joined, changes: dict, words: str
) -> None:
    joined.source(**GIVEN | changes)
    with pytest.raises(ConfigurationError, match=words):
        ingest.plan(joined.settings)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tables": {"a": "landing/a_{date}.csv"}}, "has a date and its own has none"),
        ({"tables": {"a": "landing/{day}.csv"}}, "stands for nothing"),
        ({"tables": {"a b": "landing/a.csv"}}, "should match pattern"),
        ({"tables": {"a": ""}}, "give where its files lie"),
    ],
)
def test_paths_of_tables_are_checked(given: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Source(name="a", kind="orders", format="mapped", path="landing/a.csv", **given)


def test_a_ledger_of_the_version_before_comes_to_know_tables(orders: Warehouse) -> None:
    orders.load("orders")
    with sqlite3.connect(orders.settings.ledger_path) as connection:
        connection.execute("drop table joined")
        connection.execute("alter table files drop column forgotten")
        connection.execute("pragma user_version = 5")
    assert planned(orders) == []
    assert orders.load("orders").results == []
