"""What came of cases: their deliveries loaded, built where they ask for it, and queried."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from journey import ingest
from journey.core.settings import Settings
from journey.ingest.ledger import Ledger
from tests.dbt_build import build, write_inputs

from .case import Case

TODAY = date(2026, 11, 30)


def settings_key(case: Case) -> str:
    """Names the warehouse that the case shares with those of the same settings."""
    said = json.dumps(case.settings, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def load(cases: Sequence[Case], data_dir: Path) -> Settings:
    """Load the deliveries of cases that have the same settings into one warehouse, run by run."""
    folders = {case.name: case.name if len(cases) > 1 else "." for case in cases}
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        data_dir=data_dir,
        config_file=data_dir / "journey.toml",
        sources=[source for case in cases for source in case.sources_in(folders[case.name])],
        **cases[0].settings,
    )
    for run in range(max(len(case.runs) for case in cases)):
        for case in cases:
            case.deliver(run, data_dir / folders[case.name])
        for kind in settings.kinds:
            with ingest.prepare(settings, kind, run_id=f"run {run}", today=TODAY) as pending:
                pending.commit()
    return settings


def build_marts(settings: Settings) -> None:
    """What a run builds of what is loaded, without its tests."""
    write_inputs(settings, "cases")
    build(settings.data_dir, "--exclude-resource-type", "unit_test", "test")


def rejected(settings: Settings, case: Case) -> int:
    names = {source["name"] for source in case.sources}
    results = Ledger(settings).file_results()
    return sum(found["source"] in names and found["status"] == "rejected" for found in results)


def connection_to(settings: Settings, case: Case, marts: Path | None) -> duckdb.DuckDBPyConnection:
    """The tables that a check of this case may ask."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    ingest.ensure_contract_files(settings)
    names = ", ".join(f"'{source['name']}'" for source in case.sources)
    for kind in settings.kinds:
        connection.execute(
            f"""create view raw_{kind} as select * from read_parquet(
                '{settings.raw_dir}/{kind}/*/*.parquet', hive_partitioning = true,
                hive_types = {{'event_date': date}}) where source in ({names})"""
        )
        if list((settings.quarantine_dir / kind).glob("*.parquet")):
            connection.execute(
                f"""create view quarantine_{kind} as
                select * from '{settings.quarantine_dir}/{kind}/*.parquet'
                where source in ({names})"""
            )
        else:
            connection.execute(
                f"""create table quarantine_{kind} (source varchar, file_name varchar,
                file_row bigint, reason varchar, value varchar, row_text varchar)"""
            )
    connection.execute(
        """create table files (source varchar, file_name varchar, status varchar,
        delivered bigint, loaded bigint, duplicate bigint, restated bigint, quarantined bigint,
        reason varchar)"""
    )
    columns = [row[0] for row in connection.execute("describe files").fetchall()]
    own = {source["name"] for source in case.sources}
    for found in Ledger(settings).file_results():
        if found["source"] in own:
            connection.execute(
                f"insert into files values ({', '.join('?' * len(columns))})",
                [found[column] for column in columns],
            )
    if marts:
        connection.execute(f"attach '{marts}' as journey (read_only)")
        connection.execute("set search_path = 'memory.main,journey.marts'")
    return connection


def assert_checks_hold(connection: duckdb.DuckDBPyConnection, case: Case) -> None:
    for check in case.checks:
        found = connection.execute(check["sql"]).fetchall()
        shown = [[plain(value) for value in row] for row in found]
        expected = [[plain(value) for value in row] for row in check["rows"]]
        assert shown == expected, f"{case.name} ({case.what})\n{check['sql']}"


def plain(value: Any) -> Any:
    """A value as YAML and JSON write it."""
    if isinstance(value, datetime | date):
        return str(value)
    return float(value) if isinstance(value, Decimal) else value
