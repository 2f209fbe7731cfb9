"""A ledger by version 0.1.0 becomes one of today when it is opened, and nothing is loaded twice."""

import sqlite3
from datetime import date

import pytest

from journey import ingest
from journey.core.errors import EngineError
from journey.ingest import ledger_schema
from journey.ingest.ledger import Ledger
from tests.ingest.conftest import TODAY
from tests.ingest.rows import csv_of, good

# As that version made it.
VERSION_1 = """
create table if not exists arrivals (
    source text not null, sha256 text not null, first_seen text not null,
    primary key (source, sha256)
);
create table if not exists digests (
    path text primary key, stamp text not null, sha256 text not null
);
create table if not exists runs (run_id text primary key, started_at text not null);
create table if not exists files (
    source text not null, sha256 text not null, kind text not null, file_name text not null,
    delivered_on text, status text not null check (status in ('loaded', 'refused')),
    reason text, fingerprint text not null, records integer not null, delivered integer not null,
    loaded integer not null, duplicate integer not null, restated integer not null,
    quarantined integer not null, first_event_date text, last_event_date text,
    load_id integer not null, run_id text not null, finished_at text not null,
    primary key (source, sha256)
);
create table if not exists quarantine (
    source text not null, sha256 text not null, reason text not null, rows integer not null,
    example text not null, primary key (source, sha256, reason)
);
create table if not exists loads (
    kind text not null, load_id integer not null, run_id text not null,
    committed_at text not null, primary key (kind, load_id)
);
create table if not exists checks (
    run_id text not null, asset text not null, check_name text not null, severity text not null,
    is_passed integer not null, observed real, expected text, unexpected_count integer,
    element_count integer, detail text not null, checked_at text not null
);
create index if not exists checks_by_run on checks (run_id);
"""
# What version 1 knew of today's tables, in its own.
TO_VERSION_1 = """
attach '{new}' as today;
insert into arrivals select source, sha256, min(first_seen) from today.deliveries group by 1, 2;
insert into arrivals values ('orders', 'not loaded yet', '2026-01-05');
insert into digests select * from today.digests;
insert into runs select * from today.runs;
insert into files select source, sha256, kind, file_name, delivered_on,
    replace(status, 'rejected', 'refused'), reason, 'as version 1 wrote it', records, delivered,
    loaded, duplicate, restated, quarantined, first_event_date, last_event_date, load_id, run_id,
    finished_at from today.files;
insert into quarantine select source, sha256, quarantine.reason, quarantine.rows, example
    from today.quarantine inner join today.files using (source, file_name, sequence);
insert into loads select * from today.loads;
update files set file_name = 'landing/a.csv' where file_name like 'landing/a_.csv';
"""
# What versions 5 and 4 had not yet.
TO_VERSION_4 = """
drop table joined;
drop table fetched;
alter table files drop column forgotten;
pragma user_version = 4;
"""
# The words of version 3, and what version 2 had not yet.
TO_VERSION_3 = """
create table older as select * from files;
drop table files;
create table files (
    source text not null, sha256 text not null, kind text not null, file_name text not null,
    delivered_on text, status text not null check (status in ('loaded', 'refused')),
    reason text, fingerprint text not null, records integer not null, delivered integer not null,
    loaded integer not null, duplicate integer not null, restated integer not null,
    quarantined integer not null, first_event_date text, last_event_date text,
    load_id integer not null, run_id text not null, finished_at text not null,
    sequence integer not null, lineage_name text not null, replaced_by integer,
    primary key (source, file_name, sequence)
);
insert into files select source, sha256, kind, file_name, delivered_on,
    replace(status, 'rejected', 'refused'), reason, fingerprint, records, delivered, loaded,
    duplicate, restated, quarantined, first_event_date, last_event_date, load_id, run_id,
    finished_at, sequence, lineage_name, replaced_by from older;
drop table older;
update facts set name = replace(name, 'reported/', 'told/');
pragma user_version = 3;
"""
TO_VERSION_2 = """
alter table deliveries add column copy_of text;
alter table files drop column replaced_by;
drop table superseded;
drop table withdrawn;
pragma user_version = 2;
"""


def number_contents(warehouse) -> None:
    """Version 1 kept the rows of all contents of a path, under its name and a number."""
    for path in (warehouse.data_dir / "raw/orders").glob("event_date=2026*/*.parquet"):
        rows = f"from read_parquet('{path}', hive_partitioning = false)"
        name = (
            "regexp_replace(file_name, 'a[23].csv', 'a.csv#' || case when file_name like '%a2.csv'"
            " then '000002' else '000003' end)"
        )
        warehouse.query(
            f"copy (select * replace ({name} as file_name) {rows}) to '{path}.new' (format parquet)"
        )
        path.with_name(f"{path.name}.new").replace(path)


@pytest.fixture
def old(warehouse):
    """A path that was corrected, rejected and corrected again, and one that was rejected."""
    warehouse.source("orders", path="landing/*.csv")
    for name, content in {
        "a.csv": csv_of(
            [good("orders", net_amount="1"), good("orders", order_id="x", currency="?")]
        ),
        "a0.csv": "",
        "a2.csv": csv_of([good("orders", net_amount="2")]),
        "a3.csv": csv_of([good("orders", net_amount="3")]),
    }.items():
        last = warehouse.deliver(name, content)
        warehouse.load("orders")
    warehouse.deliver("b.csv", "nothing,of,this\n")
    warehouse.load("orders", today=date(2026, 3, 2))
    last.replace(last.with_name("a.csv"))
    for name in ("a0.csv", "a2.csv"):
        last.with_name(name).unlink()
    number_contents(warehouse)
    path = warehouse.settings.ledger_path
    new = path.rename(path.with_name("today.sqlite"))
    with sqlite3.connect(path) as connection:
        connection.executescript(VERSION_1)
        connection.executescript(TO_VERSION_1.format(new=new))
    new.unlink()
    for record in (warehouse.data_dir / "raw/.loads/orders").iterdir():
        record.unlink()
    return warehouse


def test_an_older_ledger_is_brought_up_when_it_is_opened(old) -> None:
    before = old.rows("orders")
    ledger = Ledger(old.settings)
    said = [
        (r["file_name"], r["sequence"], r["status"], r["lineage_name"])
        for r in ledger.file_results()
    ]
    assert said == [
        ("landing/a.csv", 1, "loaded", "landing/a.csv"),
        ("landing/a.csv", 2, "rejected", "landing/a.csv"),
        ("landing/a.csv", 3, "loaded", "landing/a.csv#000002"),
        ("landing/a.csv", 4, "loaded", "landing/a.csv#000003"),
        ("landing/b.csv", 1, "rejected", "landing/b.csv"),
    ]
    assert {file_name for (file_name,) in old.rows("orders", "file_name")} == {
        lineage for _, _, status, lineage in said if status == "loaded"
    }
    assert [row["reason"] for row in ledger.quarantined()] == ["currency_not_iso_4217"]
    assert len(ledger.runs()) == 5
    assert ingest.sweep(old.settings) == 0
    assert old.rows("orders") == before
    assert ledger.fact("first_seen/orders/not loaded yet") == "2026-01-05"


def test_what_an_older_ledger_knew_is_read_again_once_and_nothing_is_doubled(old, caplog) -> None:
    with caplog.at_level("INFO", "journey"):
        pending = old.load("orders")
    assert [(r.file_name, r.status) for r in pending.results] == [
        ("landing/a.csv", "loaded"), ("landing/b.csv", "rejected"),
    ]  # fmt: skip
    assert (
        "source 'orders': this version of Journey Warehouse reads files differently, so 1 file is"
        " read again"
    ) in caplog.messages
    columns = "net_amount::int, file_name, delivered_on"
    assert old.rows("orders", columns) == [(3, "landing/a.csv", TODAY)]
    assert ingest.plan(old.settings, today=TODAY) == []
    assert not ingest.is_ended(old.settings)
    assert old.quarantine("orders") == []


TO_VERSION = {
    4: TO_VERSION_4,
    3: TO_VERSION_4 + TO_VERSION_3,
    2: TO_VERSION_4 + TO_VERSION_3 + TO_VERSION_2,
}


@pytest.mark.parametrize("version", TO_VERSION)
def test_a_refused_file_of_a_later_version_is_a_rejected_one(warehouse, version: int) -> None:
    warehouse.source("orders", path="landing/*.csv")
    warehouse.deliver("a.csv", csv_of([good("orders")]))
    warehouse.deliver("b.csv", "nothing,of,this\n")
    warehouse.load("orders")
    ledger = Ledger(warehouse.settings)
    ledger.keep_fact("reported/orders/orders", "a fingerprint")
    before = ledger.file_results()
    assert {found["status"] for found in before} == {"loaded", "rejected"}
    with sqlite3.connect(ledger.path) as connection:
        connection.executescript(TO_VERSION[version])

    older = Ledger(warehouse.settings)
    assert older.file_results() == before
    assert older.fact("reported/orders/orders") == "a fingerprint"
    assert older.fact("told/orders/orders") is None
    assert older.fetched() == {}
    assert ingest.plan(warehouse.settings, today=TODAY) == []


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(old, monkeypatch) -> None:
    before = old.settings.ledger_path.read_bytes()
    broken = (*ledger_schema.FROM_VERSION_1, "insert into nothing values (1)")
    with monkeypatch.context() as patch:
        patch.setattr(ledger_schema, "FROM_VERSION_1", broken)
        with pytest.raises(EngineError, match="the ledger cannot be used"):
            Ledger(old.settings)
    assert old.settings.ledger_path.read_bytes() == before
    assert len(Ledger(old.settings).file_results()) == 5


def test_a_migrated_ledger_has_the_tables_of_a_new_one(old, tmp_path) -> None:
    def tables(path) -> dict[str, list]:
        with sqlite3.connect(path) as connection:
            names = connection.execute("select name from sqlite_master where type = 'table'")
            return {
                name: connection.execute(f"pragma table_info({name})").fetchall()
                for (name,) in names.fetchall()
            }

    Ledger(old.settings)
    new = old.settings.model_copy(update={"data_dir": tmp_path / "new"})
    Ledger(new)
    assert tables(old.settings.ledger_path) == tables(new.ledger_path)


def test_a_ledger_of_a_newer_version_is_left_alone(old) -> None:
    with sqlite3.connect(old.settings.ledger_path) as connection:
        connection.execute("pragma user_version = 99")
    with pytest.raises(EngineError, match="written by a newer version"):
        Ledger(old.settings)
