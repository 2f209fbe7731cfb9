"""A data dir by the raw contract, a dbt build on it, and its marts read back.

Only moving rows belongs here; what they should be is in the other modules.
"""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.dbt_build import build

from .rows import KINDS, Raw, contract_columns
from .run import Run
from .seeds import load_seeds

PROJECT = Path(__file__).resolve().parents[2]
SEEDS = PROJECT / "dbt_project" / "seeds"
ARROW = {
    str: pa.string(),
    datetime: pa.timestamp("us"),
    Decimal: pa.decimal128(18, 2),
    bool: pa.bool_(),
    int: pa.int32(),
    date: pa.date32(),
}
LISTS = ("stage_models", "own_domains", "payment_domains")
WIDE = {"file_row", "load_id", "impressions", "clicks"}


# ---------------------------------------------------------------- writing


def write_data_dir(data_dir: Path, raw: Raw, run: Run) -> None:
    for kind, rows in raw.items():
        write_partition(data_dir, kind, date(1970, 1, 1), "contract", [])
        partitions = defaultdict(list)
        for row in rows:
            instant = row.instant
            day = instant.date() if isinstance(instant, datetime) else instant
            partitions[day].append(row)
        for day, theirs in partitions.items():
            write_partition(data_dir, kind, day, "recount-1", theirs)
    write_run(data_dir, run)


def write_partition(data_dir: Path, kind: str, day: date, name: str, rows: list) -> None:
    folder = data_dir / "raw" / kind / f"event_date={day}"
    folder.mkdir(parents=True, exist_ok=True)
    columns = {
        column: pa.array([getattr(row, attribute) for row in rows], arrow_type(column, annotation))
        for column, attribute, annotation in contract_columns(kind)
    }
    pq.write_table(pa.table(columns), folder / f"{name}.parquet", compression="zstd")


def arrow_type(column: str, annotation) -> pa.DataType:
    plain = getattr(annotation, "__args__", (annotation,))[0]  # X | None: X
    return pa.int64() if column in WIDE else ARROW[plain]


def write_run(data_dir: Path, run: Run) -> None:
    folder = data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True)
    text, integer = pa.string(), pa.int32()
    settings = {
        "run_id": pa.array(["recount"], text),
        "as_of": pa.array([run.as_of], pa.timestamp("us")),
        "reporting_time_zone": pa.array([run.reporting_time_zone], text),
        "reporting_currency": pa.array([run.reporting_currency], text),
        "orders_from": pa.array([run.orders_from], text),
        "max_people_per_device": pa.array([run.max_people_per_device], integer),
        "visit_timeout_minutes": pa.array([run.visit_timeout_minutes], integer),
        "conversion_window_days": pa.array([run.conversion_window_days], integer),
        "experiment_window_days": pa.array([run.experiment_window_days], integer),
        "attribution_lookback_days": pa.array([run.attribution_lookback_days], integer),
        "split_by_order": pa.array([run.split_by_order], pa.bool_()),
    }
    pq.write_table(pa.table(settings), folder / "settings.parquet")
    models = list(run.stage_models or load_seeds(SEEDS).models)
    lists = {
        "stage_models": models,
        "own_domains": run.own_domains,
        "payment_domains": run.payment_domains,
    }
    numbered = [
        (setting, value, number)
        for setting, given in lists.items()
        for number, value in enumerate(given, start=1)
    ]
    values = {
        "setting": pa.array([setting for setting, _, _ in numbered], text),
        "value": pa.array([value for _, value, _ in numbered], text),
        "value_number": pa.array([number for _, _, number in numbered], integer),
    }
    pq.write_table(pa.table(values), folder / "setting_values.parquet")
    quality = {
        "run_id": text,
        "run_at": pa.timestamp("us"),
        "check_kind": text,
        "asset": text,
        "source": text,
        "check_name": text,
        "severity": text,
        "is_passed": pa.bool_(),
        "observed": pa.float64(),
        "detail": text,
    }
    nothing = {name: pa.array([], of_type) for name, of_type in quality.items()}
    pq.write_table(pa.table(nothing), folder / "quality.parquet")


# ---------------------------------------------------------------- building


def build_marts(data_dir: Path, *models: str) -> None:
    """One dbt build of everything, tests included, or of these models alone, without any."""
    alone = ("--exclude-resource-type", "test", "--select", *models) if models else ()
    build(data_dir, "--exclude-resource-type", "unit_test", *alone)


# ---------------------------------------------------------------- reading


def read_raw(data_dir: Path) -> Raw:
    raw: Raw = {}
    with duckdb.connect() as connection:
        for kind, row_type in KINDS.items():
            columns = contract_columns(kind)
            named = ", ".join(f'"{column}"' for column, _, _ in columns)
            attributes = [attribute for _, attribute, _ in columns]
            found = connection.execute(
                f"select {named} from read_parquet(?, hive_partitioning = true)",
                [f"{data_dir}/raw/{kind}/*/*.parquet"],
            ).fetchall()
            raw[kind] = [row_type(**dict(zip(attributes, values, strict=True))) for values in found]
    return raw


def read_run(data_dir: Path) -> Run:
    with duckdb.connect() as connection:
        names = ", ".join(name for name in Run.__dataclass_fields__ if name not in LISTS)
        values = connection.execute(
            f"select {names} from read_parquet(?)", [f"{data_dir}/run/settings.parquet"]
        ).fetchone()
        listed = connection.execute(
            "select setting, value from read_parquet(?) order by setting, value_number",
            [f"{data_dir}/run/setting_values.parquet"],
        ).fetchall()
    settings = dict(zip(names.split(", "), values, strict=True))
    if settings["as_of"].tzinfo is not None:
        settings["as_of"] = settings["as_of"].astimezone(UTC).replace(tzinfo=None)
    lists = {name: tuple(value for setting, value in listed if setting == name) for name in LISTS}
    return Run(**settings, **lists)


def read_mart(data_dir: Path, mart: str) -> list[dict]:
    return read_table(data_dir, f"marts.{mart}")


def read_table(data_dir: Path, table: str) -> list[dict]:
    """The rows of one table of the warehouse, as dictionaries."""
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        cursor = connection.execute(f"select * from {table}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
