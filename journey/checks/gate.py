"""Judging one layer: the partitions that arrived, or the marts that were built.

Chooses what is read and which suites apply; the running is `engine`'s. It raises only for what is
broken in the project or its tools: data that fails is a result, not an exception.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, Protocol

import duckdb

from journey.checks.results import results_of
from journey.checks.suites import PARAMETERS, SUITES_DIR, Suite, parameters_of, suites_of
from journey.core import database, memory, spill, sql
from journey.core.checks import Check
from journey.core.errors import ConfigurationError, EngineError, JourneyError
from journey.core.redaction import without_values
from journey.core.settings import Settings
from journey.ingest.contracts import read_contract

Layer = Literal["raw", "marts"]
Files = str | Path | Iterable[str | Path]


class Arrived(Protocol):
    """What ingest has conformed and not yet kept: a kind, and the Parquet files of its rows."""

    @property
    def kind(self) -> str: ...

    @property
    def files(self) -> Files: ...


def validate_raw(settings: Settings, pending: Arrived) -> list[Check]:
    """Judge what arrived of one kind before it is kept; nothing arrived gives no checks."""
    files = {pending.kind: pending.files} if pending.files else {}
    return validate(settings, "raw", files)


def validate_marts(settings: Settings, marts: Iterable[str]) -> list[Check]:
    """Judge the marts of the private warehouse; a suite without a mart is an error too."""
    return validate(settings, "marts", marts)


def validate(
    settings: Settings,
    layer: Layer,
    relations: Mapping[str, Files] | Iterable[str],
    *,
    database: Path | None = None,
    suites_dir: Path = SUITES_DIR,
) -> list[Check]:
    """Run the suites of `relations` and return every check.

    For `raw`, `relations` gives the Parquet files (paths or globs) that arrived for each kind. For
    `marts` it names the tables of the private warehouse, or of `database`.
    """
    suites = suites_of(layer, suites_dir)
    if layer == "raw" and isinstance(relations, Mapping):
        files = {kind: _listed(paths) for kind, paths in relations.items()}
        tables = list(files)
        prepare, schema = _views(files), "raw"
    else:
        path = database or settings.warehouse_path
        tables = list(relations)
        _require_tables(settings, path, {*tables, *suites})
        prepare = [f"attach {sql.text(path)} as warehouse (read_only)"]
        schema = "warehouse.marts"
    missing = sorted(set(tables) - set(suites))
    if missing:
        raise ConfigurationError(
            f"{suites_dir / layer}: {_addresses(layer, missing)} no suite; add "
            f"{missing[0]}.yml there, as expectations/README.md shows"
        )
    if not tables:
        return []
    chosen = [suites[table] for table in tables]
    prepare = [*_session_settings(settings), *prepare]
    named = set().union(*(suite.parameters for suite in chosen))
    queries = _queries_of(named, suites_dir) if layer == "marts" else {}
    each = ["set TimeZone = 'UTC'", f"use {schema}"]
    return _judge(chosen, prepare, each, queries)


def _judge(
    suites: list[Suite], prepare: list[str], each: list[str], queries: Mapping[str, str]
) -> list[Check]:
    from journey.checks.engine import open_engine

    try:
        with open_engine(prepare, each) as engine:
            values = {name: engine.value(query) for name, query in queries.items()}
            checks = []
            for suite in suites:
                given = values if suite.layer == "marts" else _allowed_values(suite)
                checks += results_of(suite, engine.judge(suite, given))
            return checks
    except JourneyError:
        raise
    except duckdb.Error as error:
        reason = without_values(str(error))
        fix = memory.advice(reason, "run again, and `journey run --full-refresh` if it stays")
        raise EngineError(
            f"{suites[0].layer}: what is to be checked cannot be read ({reason}); {fix}"
        ) from None
    except Exception as error:
        names = ", ".join(suite.asset for suite in suites)
        reason = f"{type(error).__name__}: {without_values(str(error))}"
        raise EngineError(
            f"{names}: the checks could not run ({reason}); {memory.advice(reason, 'fix that')}, "
            "and run again"
        ) from error


def _queries_of(names: set[str], suites_dir: Path) -> dict[str, str]:
    """The SQL of the values that suites of marts name."""
    queries = parameters_of(suites_dir)
    unknown = sorted(names - set(queries))
    if unknown:
        raise ConfigurationError(
            f"{suites_dir / 'marts'}: a suite names the value {unknown[0]}; add its query to "
            f"{suites_dir / PARAMETERS}, or correct the name"
        )
    return {name: queries[name] for name in sorted(names)}


def _allowed_values(suite: Suite) -> dict[str, list[str]]:
    """`<column>_values`: what the contract of a kind allows in a column."""
    if not suite.parameters:
        return {}
    columns = read_contract(suite.table).columns
    return {f"{column.name}_values": list(column.values) for column in columns if column.values}


def _require_tables(settings: Settings, path: Path, tables: set[str]) -> None:
    if not path.exists():
        raise EngineError(f"{path}: there is no warehouse to judge; run `journey run` first")
    with database.connect(settings, path, read_only=True) as connection:
        found = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        ).fetchall()
    missing = sorted(tables - {name for (name,) in found})
    if missing:
        raise ConfigurationError(
            f"{path}: {_addresses('marts', missing)} no table; build the model, or remove "
            f"expectations/marts/{missing[0]}.yml if the mart is gone"
        )


def _addresses(layer: str, names: list[str]) -> str:
    listed = ", ".join(f"{layer}/{name}" for name in names)
    return f"{listed} {'has' if len(names) == 1 else 'have'}"


def _session_settings(settings: Settings) -> list[str]:
    """What `database.connect` sets, for the database that Great Expectations opens itself."""
    statements = [
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        f"set memory_limit = {sql.text(settings.memory_limit)}",
        f"set temp_directory = {sql.text(spill.new_folder(settings.spill_dir))}",
    ]
    if settings.threads:
        statements.append(f"set threads = {settings.threads}")
    return statements


def _views(files: Mapping[str, list[str]]) -> list[str]:
    """A schema `raw` whose views are the files, so that raw suites read raw.<kind> as dbt does."""
    statements = ["set parquet_metadata_cache = true", "create schema raw"]
    for kind, paths in files.items():
        listed = sql.files(paths)
        statements.append(
            f"create view raw.{kind} as select * from read_parquet([{listed}],"
            " hive_partitioning = true, hive_types = {'event_date': date},"
            " union_by_name = true)"
        )
    return statements


def _listed(paths: Files) -> list[str]:
    return [str(paths)] if isinstance(paths, str | Path) else [str(path) for path in paths]
