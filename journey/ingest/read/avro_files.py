"""Avro files as JSON lines, record by record: the database reads no Avro of itself.

Of which type events are stands in the name of a folder alone (`event_type=…`), and so becomes a
member of records that have none of that name. The program that reads Avro is an extra.
"""

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

from journey.core.sizes import in_words
from journey.ingest.read.errors import TooLargeError, UnreadableError

MAGIC = b"Obj\x01"
OF_FOLDERS = ("event_type",)  # any other may be of a folder that has nothing to do with the file
MISSING = (
    "it is Avro, which the extra 'avro' reads; install it (pip install 'journey-warehouse[avro]'), "
    "or deliver JSON lines or Parquet"
)


def as_lines(path: Path, target: Path, at_most: int) -> None:
    """Write the records of an Avro file as JSON lines, of `at_most` so many bytes.

    Raises UnreadableError where that cannot be.
    """
    if find_spec("fastavro") is None:
        raise UnreadableError(MISSING)
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with open(target, "wb") as lines:
        for record in _records(path):
            line = json.dumps(_of_folders(path) | record, default=_text).encode() + b"\n"
            written += len(line)
            if written > at_most:
                break
            lines.write(line)
    if not written:
        raise UnreadableError("the Avro file has no record; deliver it again")
    if written > at_most:
        target.unlink()
        raise TooLargeError(
            f"the Avro file holds more than {in_words(at_most)}; deliver it in parts, or raise "
            "max_unpacked_size in the settings"
        )


def _records(path: Path) -> Iterator[dict[str, Any]]:
    import fastavro

    try:
        with open(path, "rb") as file:
            for record in fastavro.reader(file):
                if not isinstance(record, dict):
                    raise UnreadableError("what the Avro file holds are no records; export it anew")
                yield record
    except (OSError, MemoryError, UnreadableError):
        raise
    except Exception:  # a damaged file has it fail in any way
        raise UnreadableError("the Avro file is damaged, or cut off; deliver it again") from None


def _of_folders(path: Path) -> dict[str, str]:
    parts = (folder.partition("=") for folder in path.parts[:-1])
    return {name: value for name, _, value in parts if name in OF_FOLDERS and value}


def _text(value: object) -> object:
    """What JSON has no type for."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | time | Decimal | UUID):
        return str(value)
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)
