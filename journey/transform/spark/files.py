"""The files of a cluster's tables, as the cluster names them and as this machine does."""

import os
from dataclasses import dataclass
from pathlib import Path

from journey.core.settings import Settings
from journey.core.sql import one_file, text

FOLDER = "spark"  # of the data dir: a folder for each schema, in it one for each table


@dataclass(frozen=True)
class Files:
    """The data dir: its folder on this machine, and its address for the cluster."""

    data_dir: Path
    address: str

    @classmethod
    def of(cls, settings: Settings) -> "Files":
        return cls(settings.data_dir, settings.spark_files or settings.data_dir.as_uri())

    @classmethod
    def of_environment(cls) -> "Files":
        """In the process of dbt."""
        return cls(Path(os.environ["JOURNEY_FILES_DIR"]), os.environ["JOURNEY_SPARK_FILES"])

    def folder(self, schema: str, table: str) -> Path:
        return self.data_dir / FOLDER / schema / table

    def address_of(self, path: Path) -> str:
        return f"{self.address}/{path.relative_to(self.data_dir)}"

    def query(self, schema: str, table: str) -> str:
        """What reads the table here, in the order in which the cluster wrote its files."""
        return f"from read_parquet({text(one_file(self.folder(schema, table)) + '/*.parquet')})"
