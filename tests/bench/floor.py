"""The least that a load could cost: DuckDB reads the same files whole and sorts them."""

import time
from pathlib import Path

import duckdb

READERS = {
    "segment": (
        "select * from read_json('{path}', format = 'newline_delimited', ignore_errors = true)",
        '"anonymousId", "timestamp"',
    ),
    "sendgrid": (
        "select * from read_json('{path}', columns = {{email: 'varchar', timestamp: 'varchar',"
        " event: 'varchar', sg_event_id: 'varchar', url: 'varchar', category: 'json'}})",
        "email, timestamp",
    ),
    "shopify": (
        "select unnest(orders) as o from read_json('{path}', maximum_object_size = 33554432)",
        "o.email, o.created_at",
    ),
    "csv": ("select * from read_csv('{path}', all_varchar = true, ignore_errors = true)", "2, 1"),
}


def floor(landing: Path, scratch: Path) -> float:
    """Processor seconds to read every landing file and sort each delivery by person and time."""
    path = scratch / "floor.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"set temp_directory = '{scratch / 'spill'}'")
        started = time.process_time()
        for folder in sorted(path for path in landing.iterdir() if path.is_dir()):
            kind = folder.name if folder.name in READERS else "csv"
            query, order = READERS[kind]
            query = query.format(path=folder / "*")
            connection.execute(
                f"create table {folder.name} as select * from ({query}) order by {order}"
            )
        seconds = time.process_time() - started
    path.unlink()
    return seconds
