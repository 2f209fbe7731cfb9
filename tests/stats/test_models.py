"""dbt's Python models need nothing but DuckDB: another engine may lend them their inputs."""

import runpy
from pathlib import Path

import duckdb
import pytest

from journey.core.settings import Settings
from tests.conftest import REPO, Shop

MODELS = sorted((REPO / "dbt_project" / "models").rglob("*.py"))


class Lent:
    """What a model is given in dbt's place: its inputs, as tables of a database in memory."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def config(self, **_: object) -> None:
        pass

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        # In an order of their own, since no engine promises one.
        self._connection.execute(
            f"create table {name} as from built.{self.schema_of(name)}.{name} order by random()"
        )
        return self._connection.table(name)

    def schema_of(self, name: str) -> str:
        [(schema,)] = self._connection.execute(
            "select schema_name from duckdb_tables() where database_name = 'built'"
            " and table_name = ?",
            [name],
        ).fetchall()
        return schema


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_python_model_gives_in_memory_what_dbt_built(path: Path, demo: Shop) -> None:
    warehouse = Settings.load(demo.config, demo.data_dir).warehouse_path
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as built (read_only)")
        connection.execute("select setseed(0.5)")
        lent = Lent(connection)
        connection.register("given", runpy.run_path(str(path))["model"](lent, connection))
        connection.execute("create table found as from given")
        built = f"built.{lent.schema_of(path.stem)}.{path.stem}"
        [(rows,)] = connection.execute(f"select count(*) from {built}").fetchall()
        for one, other in (("found", built), (built, "found")):
            left = connection.execute(f"from {one} except all from {other}").fetchall()
            assert left == []
        assert rows > 0
