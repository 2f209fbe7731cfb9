"""Where a warehouse is: its settings file, its data dir, and the layout of both.

The layout below the data dir is part of the interface. Nothing here reads a file or a setting.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from journey.core.errors import ConfigurationError
from journey.core.resources import default_home

CONFIG_VARIABLE, DATA_DIR_VARIABLE = "JOURNEY_CONFIG", "JOURNEY_DATA_DIR"


def default_config() -> Path:
    """The settings file of the warehouse that is meant where none is named."""
    return default_home() / "journey.toml"


def resolve_config(given: Path | str | None = None) -> Path:
    """The settings file that is meant: as given, else JOURNEY_CONFIG, else the default one."""
    config = given or os.environ.get(CONFIG_VARIABLE) or default_config()
    return Path(config).expanduser().resolve()


def resolve_data_dir(given: Path | str | None = None, config: Path | None = None) -> Path:
    """The data dir that is meant: as given, else JOURNEY_DATA_DIR, else `data/` beside `config`.

    Raises ConfigurationError where its name is one in which the database can write no file.
    """
    directory = given or os.environ.get(DATA_DIR_VARIABLE)
    directory = directory or (config or resolve_config()).parent / "data"
    found = Path(directory).expanduser().resolve()
    if "\\" in str(found):
        raise ConfigurationError(
            f"{found}: a data dir whose path has a backslash in it cannot be used, as the database "
            "writes elsewhere than there; name another one with --data-dir or JOURNEY_DATA_DIR"
        )
    return found


class Paths:
    """The places of one warehouse, from its data dir and its settings file."""

    data_dir: Path
    config_file: Path

    @property
    def own_dir(self) -> Path:
        """Where a team keeps what is its own: beside its settings file."""
        return self.config_file.parent

    @property
    def landing_dir(self) -> Path:
        return self.data_dir / "landing"

    @property
    def raw_dir(self) -> Path:
        return self.data_dir / "raw"

    @property
    def quarantine_dir(self) -> Path:
        return self.data_dir / "quarantine"

    @property
    def run_dir(self) -> Path:
        return self.data_dir / "run"

    @property
    def spill_dir(self) -> Path:
        return self.data_dir / "spill"

    @property
    def logs_dir(self) -> Path:
        return self.data_dir / "logs"

    @property
    def dbt_project_dir(self) -> Path:
        """The dbt project as this warehouse reads it, with what dbt makes of it."""
        return self.data_dir / "dbt_project"

    @property
    def dbt_target_dir(self) -> Path:
        return self.data_dir / "dbt_target"

    @property
    def docs_dir(self) -> Path:
        return self.data_dir / "docs"

    @property
    def checks_page(self) -> Path:
        return self.docs_dir / "checks.html"

    @property
    def ledger_path(self) -> Path:
        return self.data_dir / "ledger.sqlite"

    @property
    def warehouse_path(self) -> Path:
        return self.data_dir / "warehouse.duckdb"

    @property
    def state_dir(self) -> Path:
        """What the last published run has left for the next one to build on."""
        return self.data_dir / "state"

    @property
    def published_dir(self) -> Path:
        return self.data_dir / "published"

    @property
    def metrics_dir(self) -> Path:
        return self.data_dir / "metrics"

    @property
    def alerts_path(self) -> Path:
        return self.data_dir / "alerts.sqlite"

    @property
    def forgotten_path(self) -> Path:
        """Which people were forgotten, as hashes: what is delivered of them is dropped."""
        return self.data_dir / "forgotten.txt"

    @property
    def forgetting_path(self) -> Path:
        """Whom a command that has begun is to forget; gone once they are."""
        return self.data_dir / "forgetting.json"

    @property
    def receipts_dir(self) -> Path:
        """What was removed when people were forgotten, in counts."""
        return self.data_dir / "receipts"

    @property
    def email_key_path(self) -> Path:
        return self.data_dir / "email.key"


@dataclass(frozen=True)
class Places(Paths):
    """The places alone, of a warehouse whose settings are not read."""

    data_dir: Path
    config_file: Path
