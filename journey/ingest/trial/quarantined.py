"""The rows that a check would put into quarantine: why, and values that no rule knows."""

from pathlib import Path

import duckdb

from journey.core import sql
from journey.core.settings import Source
from journey.ingest import quarantine
from journey.ingest.contracts import Contract
from journey.ingest.trial.found import Names, Reason

UNKNOWN = "_unknown"
MOST_VALUES = 50


def reasons(
    connection: duckdb.DuckDBPyConnection, aside: Path, contract: Contract, source: Source
) -> list[Reason]:
    """Each reason with its rows and the first of them, the most frequent first."""
    rows = connection.execute(
        f"""select reason, count(*) as rows, min(file_row), arg_min(value, file_row)
        from read_parquet({sql.file(aside)})
        group by reason order by rows desc, reason"""
    ).fetchall()
    return [
        Reason(
            reason, count, row, quarantine.explain(reason, value, contract, source.columns), value
        )
        for reason, count, row, value in rows
    ]


def unknown_values(connection: duckdb.DuckDBPyConnection, aside: Path) -> list[Names]:
    """By column, the values that its contract does not know, such as states of orders."""
    rows = connection.execute(
        f"""select left(reason, length(reason) - {len(UNKNOWN)}) as contract_column, value,
            count(*) as rows
        from read_parquet({sql.file(aside)})
        where ends_with(reason, '{UNKNOWN}') and value is not null
        group by all order by contract_column, rows desc, value"""
    ).fetchall()
    found: dict[str, list[tuple[str, int]]] = {}
    for column, value, count in rows:
        found.setdefault(column, []).append((value, count))
    return [
        Names(column, values[:MOST_VALUES], max(0, len(values) - MOST_VALUES))
        for column, values in found.items()
    ]
