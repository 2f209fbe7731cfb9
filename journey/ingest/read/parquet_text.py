"""Parquet text that is marked as UTF-8 and is not: a copy of the file in which it is only bytes.

The database reads no row of a file with one such value, and has no way around its check. Bytes it
reads, and `parquet_files` makes text of them again, value by value.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from journey.ingest.read.errors import UnreadableError, damaged_parquet

NOT_UTF_8 = "Invalid string encoding found in Parquet file"  # the database's own words
BATCH_ROWS = 1 << 14


def is_about_text(error: Exception) -> bool:
    """Whether an error of the database says that a file's text is not UTF-8."""
    return NOT_UTF_8 in str(error)


def as_bytes(path: Path, target: Path) -> Path:
    """Write a copy of a Parquet file whose texts are bytes; all else is as it was.

    Raises UnreadableError where the file is damaged, or has such texts in lists and objects.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with pq.ParquetFile(path) as file:
            schema = pa.schema([_of_bytes(field) for field in file.schema_arrow])
            with pq.ParquetWriter(target, schema, compression="zstd") as copy:
                for batch in file.iter_batches(BATCH_ROWS):
                    columns = [
                        _plain(column).cast(field.type)
                        for column, field in zip(batch.columns, schema, strict=True)
                    ]
                    copy.write_batch(pa.record_batch(columns, schema=schema))
    except pa.ArrowException as error:
        raise _damaged(error) from error
    except OSError as error:
        if error.errno is not None:
            raise  # the machine's
        raise _damaged(error) from error
    return target


def _of_bytes(field: pa.Field) -> pa.Field:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return pa.field(field.name, pa.binary() if is_text else kind, field.nullable)


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _damaged(error: Exception) -> UnreadableError:
    return damaged_parquet(
        f" ({type(error).__name__} while its text, which is not UTF-8, was read)"
    )
