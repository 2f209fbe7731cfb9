"""What dbt ran, run again on other rows: the statements of two builds that dbt has recorded.

A build by dbt takes seconds that say nothing of the rows. So one full build and one on a state are
recorded, and their statements, which are the same for all rows, are run again on hundreds of
histories. Only the views of files are made here, as `show_files_of_sources` and `show_raw_changes`
make them.
"""

import importlib.util
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

RUN_SOURCES = ("settings", "setting_values", "quality")
READING = "hive_partitioning = true, hive_types = {'event_date': date}, union_by_name = true"


@dataclass(frozen=True)
class Node:
    """One model: its statements, or its function, and whether a build on a state keeps it."""

    schema: str
    name: str
    kind: str
    is_keyed: bool
    statements: str
    path: Path
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Recorded:
    """The statements of one build, in an order in which they can run."""

    nodes: tuple[Node, ...]
    seeds: Path

    @classmethod
    def of(cls, data_dir: Path, project: Path) -> "Recorded":
        target = data_dir / "dbt_target"
        manifest = json.loads((target / "manifest.json").read_text())
        models = {
            name: node
            for name, node in manifest["nodes"].items()
            if node["resource_type"] == "model"
        }
        nodes = tuple(_node(models[name], target, project) for name in _in_order(models))
        return cls(nodes, data_dir / "warehouse.duckdb")


def _node(node: Mapping[str, Any], target: Path, project: Path) -> Node:
    ran = target / "run" / "journey" / node["original_file_path"]
    is_python = node["language"] == "python"
    return Node(
        schema=node["schema"],
        name=node["name"],
        kind="python" if is_python else node["config"]["materialized"],
        is_keyed=bool({"keyed_by", "keyed_by_row"} & node["config"]["meta"].keys()),
        statements="" if is_python else ran.read_text(),
        path=project / node["original_file_path"],
        reads=tuple(node["depends_on"]["nodes"]),
    )


def _in_order(models: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in done or name not in models:
            return
        done.add(name)
        for before in models[name]["depends_on"]["nodes"]:
            yield from visit(before)
        yield name

    for name in models:
        yield from visit(name)


def build(
    recorded: Recorded,
    data_dir: Path,
    *,
    state: Path | None = None,
    changes: Sequence[tuple[str, str, bool]] = (),
) -> None:
    """Run the statements in a data dir, in its warehouse as it is."""
    path = data_dir / "warehouse.duckdb"
    with duckdb.connect(str(path), config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        if state:
            connection.execute(f"attach '{state}' as state (read_only)")
        else:
            _take_seeds(connection, recorded.seeds)
        _show_files(connection, data_dir)
        if state:
            _show_changes(connection, data_dir, changes)
        for node in recorded.nodes:
            _run(connection, node, is_on_state=state is not None)
        if state:
            connection.execute("drop schema part cascade; drop schema changes cascade")
        connection.execute("checkpoint")


def copied(state: Path, data_dir: Path) -> None:
    """A warehouse that begins as the state."""
    shutil.copyfile(state, data_dir / "warehouse.duckdb")


def _run(connection: duckdb.DuckDBPyConnection, node: Node, *, is_on_state: bool) -> None:
    relation = f'"{node.schema}"."{node.name}"'
    if is_on_state and not (node.is_keyed and node.kind == "table"):
        kind = "view" if node.kind == "view" else "table"
        connection.execute(f"drop {kind} {relation}")
    if node.kind == "python":
        made = _function(node.path)(_Dbt(connection), connection)
        connection.register("made", made)
        connection.execute(f"create table {relation} as select * from made")
        connection.unregister("made")
    else:
        connection.execute(node.statements)


class _Dbt:
    """What a Python model asks dbt for."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def config(self, **_: object) -> None:
        """Nothing: how it is materialized is known."""

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        return self.connection.table(f"intermediate.{name}")


def _function(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.model


def _take_seeds(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    connection.execute(f"attach '{seeds}' as recorded (read_only)")
    tables = connection.execute(
        "select table_name from duckdb_tables()"
        " where database_name = 'recorded' and schema_name = 'seeds'"
    ).fetchall()
    for schema in ("raw", "run", "seeds", "staging", "intermediate", "marts"):
        connection.execute(f"create schema {schema}")
    for (table,) in tables:
        connection.execute(f"create table seeds.{table} as from recorded.seeds.{table}")
    connection.execute("detach recorded")


def _show_files(connection: duckdb.DuckDBPyConnection, data_dir: Path) -> None:
    for name in RUN_SOURCES:
        file = f"{data_dir}/run/{name}.parquet"
        connection.execute(f"create or replace view run.{name} as from read_parquet('{file}')")
    for folder in sorted((data_dir / "raw").glob("[!.]*")):
        connection.execute(
            f"create or replace view raw.{folder.name} as"
            f" from read_parquet('{folder}/*/*.parquet', {READING})"
        )


def _show_changes(
    connection: duckdb.DuckDBPyConnection,
    data_dir: Path,
    changes: Sequence[tuple[str, str, bool]],
) -> None:
    connection.execute("create schema part; create schema changes")
    for folder in sorted((data_dir / "raw").glob("[!.]*")):
        kind, empty = folder.name, f"'{folder}/event_date=1970-01-01/*'"
        rows = {}
        for is_gone in (False, True):
            files = [
                f"'{data_dir}/{path}'"
                for of, path, side in changes
                if (of, side) == (kind, is_gone)
            ]
            rows[is_gone] = (f"from read_parquet([{', '.join([empty, *files])}], {READING})", files)
        (came, _), (gone, is_any_gone) = rows[False], rows[True]
        changed = f"select *, is_restatement as has_versions from ({came})"
        if is_any_gone:
            changed = (
                f"select *, true as has_versions from (({came} except all {gone})"
                f" union all ({gone} except all {came}))"
            )
        connection.execute(f"create view changes.{kind} as {changed}")
