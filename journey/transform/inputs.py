"""What dbt reads beside the raw layer: the settings of this run and the ledger's account.

Written as Parquet into `run/`, so that nothing that changes between runs is a dbt variable and
the project is parsed once. What the values mean is decided in dbt_project/.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import duckdb

from journey import ingest
from journey.core import database
from journey.core.errors import DataError
from journey.core.resources import PACKAGES_DIR, resource
from journey.core.seeds import own_seeds_dir, read_seed
from journey.core.settings import ALERT_SETTINGS, OPERATING_SETTINGS, Settings
from journey.core.sql import text

LISTS = ("stage_models", "own_domains", "payment_domains")
SCALARS = {
    "run_id": "varchar",
    "as_of": "timestamp",
    "built_on_as_of": "timestamp",
    "reporting_time_zone": "varchar",
    "reporting_currency": "varchar",
    "orders_from": "varchar",
    "max_people_per_device": "integer",
    "visit_timeout_minutes": "integer",
    "conversion_window_days": "integer",
    "experiment_window_days": "integer",
    "attribution_lookback_days": "integer",
    "split_by_order": "boolean",
}
# What differs between two runs that mean the same.
OF_A_RUN = ("run_id", "as_of", "built_on_as_of")
CODE = (
    resource("dbt_project"),
    resource("expectations"),
    PACKAGES_DIR / "journey",
    PACKAGES_DIR / "orchestration",
)
NO_MART_READS = {"data_dir", "config_file"} | ALERT_SETTINGS | OPERATING_SETTINGS
SUFFIXES = {".py", ".sql", ".yml", ".csv"}


def as_of(settings: Settings) -> datetime:
    """The instant the run describes, UTC (definitions.md, "As of").

    Raises DataError while nothing has been loaded at all.
    """
    if settings.as_of:
        return settings.as_of
    latest = ingest.latest_event_date(settings)
    rejected = ingest.rejected_and_there(settings) if latest is None else []
    if rejected:
        raise DataError(
            f"no row has been loaded yet, and {len(rejected):,} of the files that were delivered "
            f"are rejected: {rejected[0].reason}"
        )
    if latest is None:
        raise DataError(
            f"no row has been loaded yet: put exports where {settings.config_file.name} looks for "
            "them, or run `journey simulate` for the demo shop, then `journey run`"
        )
    return datetime.combine(latest + timedelta(days=1), time(), tzinfo=UTC)


def write(settings: Settings, run_id: str, built_on_as_of: datetime | None = None) -> None:
    """Write settings, setting_values and quality for the run `run_id`.

    `built_on_as_of` is that of the state on which the run builds.
    """
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    of_run = {
        "run_id": run_id,
        "as_of": _without_zone(as_of(settings)),
        "built_on_as_of": built_on_as_of and _without_zone(built_on_as_of),
    }
    row = [of_run[name] if name in of_run else getattr(settings, name) for name in SCALARS]
    values = {name: getattr(settings, name) for name in LISTS}
    values["stage_models"] = values["stage_models"] or _stage_models_of_the_seed(settings)
    lists = [
        (name, value, number)
        for name, listed in values.items()
        for number, value in enumerate(listed, start=1)
    ]
    with database.connect(settings) as connection:
        columns = ", ".join(f"cast(? as {kind}) as {name}" for name, kind in SCALARS.items())
        connection.execute(f"create table settings as select {columns}", row)
        connection.execute(
            "create table setting_values (setting varchar, value varchar, value_number integer)"
        )
        connection.executemany("insert into setting_values values (?, ?, ?)", lists)
        for table in ("settings", "setting_values"):
            path = settings.run_dir / f"{table}.parquet"
            connection.execute(f"copy {table} to {text(str(path))} (format parquet)")
    ingest.export_quality(settings, settings.run_dir / "quality.parquet", run_id)


def _without_zone(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def _stage_models_of_the_seed(settings: Settings) -> list[str]:
    """Every stage model, in the order of the file: a table has none."""
    rows = read_seed(settings.own_dir, "stage_models")
    return list(dict.fromkeys(row["stage_model"] for row in rows))


def state(settings: Settings) -> str:
    """A fingerprint of all that decides the marts: what is loaded, the settings and the code.

    Two runs with the same state publish the same tables, so the second need not run.
    """
    digest = hashlib.sha256()
    digest.update(ingest.loaded_state(settings).encode())
    digest.update(settings.model_dump_json(exclude=NO_MART_READS).encode())
    digest.update(code_state().encode())
    digest.update(seeds_state(settings).encode())
    return digest.hexdigest()


def code_state() -> str:
    """A fingerprint of the product's code, and of the database that runs it."""
    ignored = (CODE[0] / "target", CODE[0] / "logs", CODE[0] / "seeds")
    digest = _fingerprint(CODE, ignored)
    return hashlib.sha256(f"{digest} {duckdb.__version__}".encode()).hexdigest()


def seeds_state(settings: Settings) -> str:
    """A fingerprint of the rows of all seeds, the product's and a team's own."""
    return _fingerprint((CODE[0] / "seeds", own_seeds_dir(settings.own_dir)))


def _fingerprint(folders: Sequence[Path], ignored: Sequence[Path] = ()) -> str:
    """Of the files below each folder: where each is in it and what it holds."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and not any(each in path.parents for each in ignored):
                digest.update(str(path.relative_to(folder.parent)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
