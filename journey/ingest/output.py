"""Where the rows of a source go, batch by batch: into the pending load's files, and to quarantine.

What becomes of a row was decided before (`conforming`, `versions`); how many rows of each file went
where is counted in `accounts`.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from journey.core.database import only_value
from journey.core.sql import name, text
from journey.ingest import gone_rows, raw_layer, versions
from journey.ingest.contracts import Contract
from journey.ingest.pending import PendingLoad
from journey.ingest.read.reading import Reading
from journey.ingest.read.relations import UNREADABLE
from journey.ingest.session import Session
from journey.ingest.versions import Decisions

FEW_ROWS = 5000  # rows a date below which one statement writes all dates
COPIES_AT_ONCE = 2
REJECTED = "rejected_rows"
QUARANTINE_COLUMNS = """
    source varchar, file_name varchar, file_row bigint, reason varchar, value varchar,
    row_text varchar, delivered_on date, load_id bigint
"""


class Output:
    """The files of one source in a pending load. `number` is that of the batch that is written."""

    def __init__(
        self, pending: PendingLoad, connection: Session, contract: Contract, source: str
    ) -> None:
        self.pending = pending
        self.connection = connection
        self.contract = contract
        self.source = source
        self.number = 0

    def begin(self) -> None:
        """Have the table `quarantined`, which gathers the rows that cannot be kept."""
        gone_rows.begin(self.connection)
        self.connection.execute(f"create or replace table quarantined ({QUARANTINE_COLUMNS})")

    def pending_files(self, folder: str) -> list[Path]:
        files = sorted(self.pending.folder.glob(f"{folder}/*.parquet"))
        return raw_layer.files_of_source(files, self.source)

    @property
    def _batch_name(self) -> str:
        return f"{self.source}-{self.pending.load_id}-{self.number}_"

    def files(self) -> list[Path]:
        return sorted(self.pending.rows_dir.glob(f"event_date=*/{self._batch_name}*.parquet"))

    def remove(self) -> None:
        for path in self.files():
            path.unlink()

    def drop(self) -> None:
        """Drop what the last batch left on the connection."""
        self.connection.execute(f"drop table if exists {REJECTED}")

    def write_rows(self, decisions: Decisions | None) -> None:
        columns = ", ".join(name(column) for column in self.contract.names)
        decided = (
            f"left join {decisions.of_rows} as decided on conformed.rowid = decided._row_id"
            if decisions
            else ""
        )
        is_restated = "coalesce(_is_restated, false)" if decisions else "false"
        is_kept = "and coalesce(_is_kept, true)" if decisions else ""
        rows = f"""
            select {columns}, {text(self.source)} as source, delivered_on, file_name,
                cast(_row as bigint) as file_row,
                cast({self.pending.load_id} as bigint) as load_id,
                {is_restated} as is_restatement, event_date
            from conformed inner join files on conformed._file = files._file {decided}
            where _reason is null {is_kept}"""
        if decisions:
            rows += f"""
            union all
            select {columns}, {text(self.source)}, delivered_on, file_name, file_row,
                cast({self.pending.load_id} as bigint), true, event_date
            from {decisions.reinstated}"""
            self._write_redelivered()
        self._copy_by_date(rows)

    def _copy_by_date(self, rows: str) -> None:
        """Write the rows into their event dates' folders."""
        folder = raw_layer.private_dir(self.pending.rows_dir)
        dates = self.connection.execute(
            f"select event_date, count(*) from ({rows}) as dated group by all"
        ).fetchall()
        if sum(count for _, count in dates) < FEW_ROWS * len(dates):
            self.connection.execute(
                f"""copy ({rows}) to {text(folder)} (
                    format parquet, compression zstd, partition_by (event_date),
                    filename_pattern '{self._batch_name}{{i}}', overwrite_or_ignore true
                )"""
            )
            return

        # Many rows a date: a statement a date spares the database the sorting into folders.
        def copy(day: date) -> None:
            target = folder / f"event_date={day}" / f"{self._batch_name}0.parquet"
            target.parent.mkdir(exist_ok=True)
            with self.connection.cursor() as cursor:
                cursor.execute(
                    f"""copy (select * exclude (event_date) from ({rows}) as dated
                        where event_date = date {text(day)})
                    to {text(target)} (format parquet, compression zstd)"""
                )

        with ThreadPoolExecutor(COPIES_AT_ONCE) as pool:
            list(pool.map(copy, (day for day, _ in dates)))

    def _write_redelivered(self) -> None:
        redelivered = versions.redelivered_sql(self.contract, self.source)
        if only_value(self.connection, f"select exists ({redelivered})"):
            folder = raw_layer.private_dir(self.pending.folder / "redelivered")
            path = folder / f"{self._batch_name}0.parquet"
            self.connection.execute(f"copy ({redelivered}) to {text(path)} (format parquet)")

    def gather_quarantine(self, read: Reading) -> None:
        """Add the rows that cannot be read, and those that the contract rejects."""
        # A table, so that the database knows how few they are when it looks for their texts.
        self.connection.execute(
            f"""create or replace table {REJECTED} as
            select _file, _row, _reason as reason, _value as value
            from conformed where _reason is not null"""
        )
        self.connection.execute(
            f"""insert into quarantined
            select {text(self.source)}, file_name, _row, reason, value, row_text,
                delivered_on, {self.pending.load_id}
            from (
                {read.with_texts(REJECTED)}
                union all
                select _file, _row, reason, value, row_text from {UNREADABLE}
            ) as rejected
            inner join files on rejected._file = files._file"""
        )
        gone_rows.note_set_aside(self.connection, self.contract)

    @property
    def quarantine_name(self) -> str:
        return f"{self.source}-{self.pending.load_id}.parquet"

    def write_quarantine(self) -> None:
        if only_value(self.connection, "select exists (from quarantined)"):
            path = raw_layer.private_dir(self.pending.folder / "quarantine") / self.quarantine_name
            self.connection.execute(
                f"""copy (select * from quarantined order by file_name, file_row, reason)
                to {text(path)} (format parquet, compression zstd)"""
            )
            os.chmod(path, 0o600)
        self.connection.execute("drop table quarantined")
