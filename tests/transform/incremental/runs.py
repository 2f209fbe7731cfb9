"""Runs without ingest: a build on the state and a rebuild of the same raw layer, compared."""

import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from journey.core.settings import Settings
from journey.transform import inputs, state
from tests.dbt_build import build
from tests.reference.run import Run

MODELS = (
    "--exclude-resource-type",
    "unit_test",
    "--exclude-resource-type",
    "test",
    "--select",
    "fqn:*",
)
# Numbers of a run's own.
UNSTABLE = {"person_number"}
# What only a run that builds on the state has rows of.
OF_A_RUN = {"int_people_changed", "int_identifiers_changed"}


def settings_of(data_dir: Path, run: Run, as_of: datetime) -> Settings:
    """Settings of a warehouse that say what the run does."""
    config = data_dir.parent / f"{data_dir.name}.toml"
    names = [name for name in run.__dataclass_fields__ if name != "as_of"]
    values = {name: getattr(run, name) for name in names}
    given = [f"{name} = {_toml(value)}" for name, value in values.items()]
    config.write_text("\n".join([*given, "full_rebuild_every_days = 7"]))
    return Settings.load(config, data_dir, as_of=as_of.replace(tzinfo=UTC).isoformat())


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else repr(value)


def run_on_state(settings: Settings, run_id: str) -> state.Basis:
    """What a run builds, and leaves as the state."""
    given = state.basis(settings)
    inputs.write(settings, run_id, given.state and given.state.as_of)
    state.begin(settings, given)
    build(settings.data_dir, *MODELS, **state.environment(given))
    state.note_built(settings, given)
    state.keep(settings, run_id)
    return given


def rebuild(data_dir: Path, beside: Path) -> None:
    """A full rebuild, by dbt, of the same raw layer in a data dir of its own."""
    share_files(data_dir, beside)
    build(beside, *MODELS)


def share_files(data_dir: Path, beside: Path) -> None:
    """Let another data dir have the same files to read, and no warehouse."""
    beside.mkdir(exist_ok=True)
    for name in ("raw", "run"):
        if not (beside / name).exists():
            os.symlink(data_dir / name, beside / name)
    (beside / "warehouse.duckdb").unlink(missing_ok=True)


def differences(one: Path, other: Path) -> dict[str, tuple[int, int]]:
    """By table: how many rows only the first has and only the other; exact, types too."""
    with duckdb.connect() as connection:
        for name, folder in (("one", one), ("other", other)):
            connection.execute(f"attach '{folder}/warehouse.duckdb' as {name} (read_only)")
        found = {}
        for schema, table in _tables(connection, "other"):
            if table in OF_A_RUN:
                continue
            columns = _columns(connection, "other", schema, table)
            assert columns == _columns(connection, "one", schema, table), table
            kept = ", ".join(f'"{name}"' for name, _ in columns if name not in UNSTABLE)
            one_sum, other_sum = (
                connection.execute(
                    f"select count(*), sum(hash({kept})::hugeint) from {place}.{schema}.{table}"
                ).fetchone()
                for place in ("one", "other")
            )
            if one_sum != other_sum:
                found[f"{schema}.{table}"] = _only(connection, f"{schema}.{table}", kept)
        return found


def _only(connection: duckdb.DuckDBPyConnection, table: str, columns: str) -> tuple[int, int]:
    rows = [f"select {columns} from {place}.{table}" for place in ("one", "other")]
    return tuple(
        connection.execute(f"select count(*) from ({a} except all {b})").fetchone()[0]
        for a, b in (rows, rows[::-1])
    )


def _tables(connection: duckdb.DuckDBPyConnection, place: str) -> list[tuple[str, str]]:
    return connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        f" where database_name = '{place}' and schema_name in ('marts', 'intermediate')"
        " order by all"
    ).fetchall()


def _columns(
    connection: duckdb.DuckDBPyConnection, place: str, schema: str, table: str
) -> list[tuple[str, str]]:
    return connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = ?"
        " and schema_name = ? and table_name = ? order by column_index",
        [place, schema, table],
    ).fetchall()
