"""dbt's Python models where the engine is a cluster: run here, on their small inputs.

dbt's adapter knows Python models on Databricks alone. They are written for DuckDB and arrays, their
inputs have a row for each channel, history or experiment, and what they give is as small; so they
run in this process, on the files that the cluster's tables are made of.
"""

import importlib.util
import tempfile
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
from dbt.adapters.base import PythonJobHelper
from dbt_common.exceptions import DbtRuntimeError

from journey.core.redaction import without_values
from journey.core.sql import text
from journey.transform.spark import server
from journey.transform.spark.files import Files


class LocalPythonModels(PythonJobHelper):
    """What dbt's adapter calls for a Python model, in place of a cluster's notebooks."""

    def __init__(self, parsed_model: dict[str, Any], credential: Any) -> None:
        self.schema, self.name = parsed_model["schema"], parsed_model["alias"]
        self.credentials = credential

    def submit(self, compiled_code: str) -> None:
        """Run the code, and let the cluster have its table."""
        files = Files.of_environment()
        rows = files.folder(f"{self.schema}.python", self.name)
        rows.mkdir(parents=True)
        try:
            _write_rows(self.name, compiled_code, files, rows / "rows.parquet")
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))
            raise DbtRuntimeError(
                f"Python model failed:\n{where}{type(error).__name__}: {without_values(str(error))}"
            ) from None
        create = (
            f"create table {self.schema}.{self.name} using parquet"
            f" as select * from parquet.`{files.address_of(rows)}`"
        )
        server.run_at(self.credentials.host, self.credentials.port, [create])


def _write_rows(name: str, code: str, files: Files, path: Path) -> None:
    with duckdb.connect() as connection:

        def load(relation: str) -> duckdb.DuckDBPyRelation:
            schema, table = relation.replace("`", "").split(".")
            return connection.query(files.query(schema, table))

        module = _module(name, code)
        connection.register("made", module.model(module.dbtObj(load), connection))
        connection.execute(f"copy (from made) to {text(path)} (format parquet)")


def _module(name: str, code: str) -> ModuleType:
    """Of the code that dbt compiled, from a file, so that a traceback names its lines."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.py"
        path.write_text(code.lstrip(), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise DbtRuntimeError(f"{name}: its code cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module
