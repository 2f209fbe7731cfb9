"""Reading the query of a source into Parquet files of the landing folder.

With a watermark, each run reads the rows from the highest value that landed on, and lands those
that are not there yet in a file of their own. Without one, each run reads all and, where that is
not what landed, lands it in the place of the file before. What landed says where to go on: a run
that dies or whose gate fails changes nothing of that. Each file says which query it is of; those of
another query are emptied once the new query's rows have landed.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from journey.core import database, durable, failpoints
from journey.core.database import only_value
from journey.core.errors import ConfigurationError
from journey.core.locations import database_folder
from journey.core.log import say
from journey.core.settings import Settings, Source
from journey.core.sql import file, files, name, text
from journey.ingest import machine
from journey.ingest.sources.copying import PROGRESS_SECONDS, STEP, Copied, make_folder, part_dir
from journey.ingest.sources.drivers import rows_of

# What a file says of itself, in its own metadata.
DEFINITION = "journey_definition"


def extract(settings: Settings, source: Source) -> Copied:
    """Land what the query of a source gives now and has not landed.

    Raises UnreachedError where the database does not answer to the end, and then nothing of this
    run has landed; ConfigurationError for what a person has to put right; EngineError for the
    machine's faults.
    """
    landed = database_folder(source.name)
    folder, parts = settings.data_dir / landed, part_dir(settings, landed)
    connection = database.connect(settings)
    try:
        make_folder(parts)
        return _Extract(connection, source, folder, parts).run()
    except (OSError, MemoryError, duckdb.Error) as error:
        raise machine.stopped(f"landing: source '{source.name}'", error) from error
    finally:
        connection.close()
        shutil.rmtree(parts, ignore_errors=True)


class _Extract:
    """One reading of one source."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: Source,
        folder: Path,
        parts: Path,
    ) -> None:
        self.connection = connection
        self.source = source
        self.folder = folder
        self.parts = parts
        self.where = f"source '{source.name}'"
        self.definition = _definition(source)
        self.all = sorted(folder.glob("*.parquet"))
        said = self._said(self.all)
        self.own = [path for path in self.all if said.get(path) == self.definition]
        self.others = [
            path for path in self.all if said.get(path, self.definition) != self.definition
        ]

    def _said(self, paths: list[Path]) -> dict[Path, str]:
        """By file, which query it is of; a file that is not ours says nothing."""
        if not paths:
            return {}
        rows = self.connection.execute(
            f"""select file_name, decode(value) from parquet_kv_metadata([{files(paths)}])
            where decode(key) = {text(DEFINITION)}"""
        ).fetchall()
        return {Path(path): value for path, value in rows}

    def run(self) -> Copied:
        last = self._last()
        read = self.parts / "read.parquet"
        self._read(self._query(last), read)
        count = self._count(read)
        landing = read
        if self.source.watermark:
            landing = self._not_landed(read, last) if self.own else read
            is_new = not self.own or self._count(landing) > 0
            target = self.folder / f"{self._next():06d}.parquet"
        else:
            is_new = not (self.own and self._is_same(read, self.own[-1]))
            target = self.own[-1] if self.own else self.folder / f"{self._next():06d}.parquet"
        copied = Copied()
        if is_new:
            copied = Copied(files=1, size=landing.stat().st_size)
            failpoints.point("landing.half_written")
            durable.replace(landing, target)
            failpoints.point("landing.after_rename")
            say(STEP, f"{self.where}: {self._count(target):,} new of {count:,} rows read")
        self._empty_others()
        return copied

    def _next(self) -> int:
        return max((int(path.stem) for path in self.all if path.stem.isdecimal()), default=0) + 1

    # From the database to a file aside.

    def _query(self, last: str | None) -> str:
        """The team's query, from the watermark on; rows without one are always asked for."""
        query = (self.source.query or "").strip().rstrip(";")
        column = self.source.watermark
        where = "" if last is None else f"\nwhere {column} >= {last} or {column} is null"
        return f"select * from (\n{query}\n) as delivered{where}"

    def _last(self) -> str | None:
        """The highest watermark that landed, as SQL; None before any has."""
        if not (self.source.watermark and self.own):
            return None
        column = self._watermark_in(self.own[-1])
        kind = self._types(self.own[-1])[column]
        finite = "" if "INT" in kind else f" filter (where isfinite({name(column)}))"
        highest = only_value(
            self.connection,
            f"""select cast(max({name(column)}){finite} as varchar)
            from read_parquet([{files(self.own)}], union_by_name = true)""",
        )
        return highest if highest is None or "INT" in kind else text(highest)

    def _read(self, query: str, path: Path) -> None:
        failures: list[Exception] = []
        with rows_of(self.source.database or "", query, self.where) as rows:
            if self.source.watermark:
                self._require_ordered(rows.schema)
            watched = pa.RecordBatchReader.from_batches(rows.schema, self._watched(rows, failures))
            self.connection.register("delivered", watched)
            try:
                self._write("select * from delivered", path)
            except duckdb.Error:
                if failures:
                    raise failures[0] from None
                raise
            finally:
                self.connection.unregister("delivered")

    def _watched(
        self, rows: pa.RecordBatchReader, failures: list[Exception]
    ) -> Iterator[pa.RecordBatch]:
        """The batches, with a line now and then; what ends them is kept: the engine rewords it."""
        count, shown = 0, time.monotonic()
        try:
            for batch in rows:
                count += batch.num_rows
                if time.monotonic() - shown > PROGRESS_SECONDS:
                    shown = time.monotonic()
                    say(STEP, f"{self.where}: {count:,} rows read so far")
                yield batch
        except Exception as error:
            failures.append(error)
            raise

    def _require_ordered(self, schema: pa.Schema) -> None:
        watermark = (self.source.watermark or "").lower()
        kinds = [field.type for field in schema if field.name.lower() == watermark]
        if not kinds:
            raise ConfigurationError(
                f"{self.where}: its query gives no column '{self.source.watermark}', by which to "
                "go on; add it to the query, or name another watermark"
            )
        is_time = pa.types.is_timestamp(kinds[0]) or pa.types.is_date(kinds[0])
        if not (is_time or pa.types.is_integer(kinds[0])):
            raise ConfigurationError(
                f"{self.where}: its watermark '{self.source.watermark}' is neither a time nor a "
                "whole number, so that what comes later is not known; name another column, or cast "
                "it in the query"
            )

    def _write(self, rows: str, path: Path, definition: str | None = None) -> None:
        said = f"{{{DEFINITION}: {text(definition or self.definition)}}}"
        self.connection.execute(
            f"""copy ({rows}) to {text(path)}
            (format parquet, compression zstd, kv_metadata {said})"""
        )

    # Against what landed.

    def _not_landed(self, read: Path, last: str | None) -> Path:
        """The rows that are in no file yet: those at the last watermark were read once already."""
        new = self.parts / "new.parquet"
        columns = ", ".join(name(column) for column in self._types(read))
        watermark = name(self._watermark_in(read))
        from_last = "true" if last is None else f"({watermark} >= {last} or {watermark} is null)"
        try:
            self._write(
                f"""select {columns} from read_parquet({file(read)})
                except all
                select {columns} from read_parquet([{files(self.own)}], union_by_name = true)
                where {from_last}""",
                new,
            )
        except duckdb.BinderException:  # the query gives other columns since: all count as new
            return read
        return new

    def _is_same(self, read: Path, landed: Path) -> bool:
        if self._types(read) != self._types(landed) or self._count(read) != self._count(landed):
            return False
        rows = f"""from read_parquet({file(read)})
            except all select * from read_parquet({file(landed)})"""
        return not only_value(self.connection, f"select exists (select * {rows})")

    def _empty_others(self) -> None:
        """What an earlier query gave counts no more, now that all of this one's has landed."""
        for path in self.others:
            if not self._count(path):
                continue
            failpoints.point("landing.before_emptying")
            empty = self.parts / "empty.parquet"
            rows = f"select * from read_parquet({file(path)}) limit 0"
            self._write(rows, empty, definition="of an earlier query")
            durable.replace(empty, path)

    def _count(self, path: Path) -> int:
        return int(
            only_value(self.connection, f"select num_rows from parquet_file_metadata({file(path)})")
        )

    def _types(self, path: Path) -> dict[str, str]:
        rows = self.connection.execute(f"describe select * from read_parquet({file(path)})")
        return {column: kind for column, kind, *_ in rows.fetchall()}

    def _watermark_in(self, path: Path) -> str:
        """The watermark as its database writes it, which may be in capitals."""
        watermark = (self.source.watermark or "").lower()
        return next(column for column in self._types(path) if column.lower() == watermark)


def _definition(source: Source) -> str:
    """Of what decides which rows there are; `database` names variables, and no secret."""
    parts = json.dumps([source.database, source.query, source.watermark])
    return hashlib.sha256(parts.encode()).hexdigest()[:32]
