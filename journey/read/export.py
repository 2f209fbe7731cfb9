"""A mart as a file of one's own: CSV, Parquet or an Excel workbook, by the file's name.

Written beside its destination under another name and renamed, so that readers see the file
of before or the whole new one. Parquet holds the values as they are; in the other two, text that a
spreadsheet would run is made harmless (cells.py).
"""

import difflib
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from xlsxwriter.exceptions import XlsxFileError

from journey.core import memory
from journey.core.errors import ConfigurationError, EngineError
from journey.core.settings import Settings
from journey.publish import Version
from journey.read import workbook
from journey.read.escaping import copy_to_csv
from journey.read.snapshot import Snapshot, open_snapshot


@dataclass(frozen=True)
class Exported:
    """What was written, and of which version."""

    path: Path
    rows: int
    version: Version


def export(settings: Settings, mart: str, to: Path) -> Exported:
    """Write the published `mart` to the file `to`, replacing it.

    Raises ConfigurationError for an unknown mart, format or folder and for a mart that an Excel
    sheet cannot hold, EngineError where the file cannot be written.
    """
    to = Path(os.path.abspath(to.expanduser()))
    write = _writer(to)
    _assert_writable_place(settings, to)
    with open_snapshot(settings, sandboxed=False) as snapshot:
        _assert_known(snapshot, mart)
        temporary = to.with_name(f".{to.name}.{uuid.uuid4().hex[:8]}.new")
        try:
            write(snapshot, mart, temporary)
            os.replace(temporary, to)
        except (duckdb.Error, OSError, XlsxFileError) as error:
            reason = " ".join(str(error).split())
            raise EngineError(
                f"{to}: {mart} could not be written ({reason}); what was there before is as it "
                f"was; {memory.advice(reason, 'make room or fix that')}, and export again"
            ) from None
        finally:
            temporary.unlink(missing_ok=True)
        return Exported(to, snapshot.version.row_counts[mart], snapshot.version)


def _write_csv(snapshot: Snapshot, mart: str, path: Path) -> None:
    copy_to_csv(snapshot.connection, f"from {mart}", path)


def _write_parquet(snapshot: Snapshot, mart: str, path: Path) -> None:
    target = str(path).replace("'", "''")
    snapshot.connection.execute(
        f"copy (from {mart}) to '{target}' (format parquet, compression zstd)"
    )


WRITERS: dict[str, Callable[[Snapshot, str, Path], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".xlsx": workbook.write,
}


def _writer(to: Path) -> Callable[[Snapshot, str, Path], None]:
    if to.suffix.lower() not in WRITERS:
        raise ConfigurationError(
            f"{to.name}: the format follows from the file's ending, which must be one of "
            f"{', '.join(WRITERS)}; name it so with --to"
        )
    return WRITERS[to.suffix.lower()]


def _assert_writable_place(settings: Settings, to: Path) -> None:
    if not to.parent.is_dir():
        raise ConfigurationError(
            f"{to.parent}: there is no such folder; make it, or name another with --to"
        )
    if to.is_dir():
        raise ConfigurationError(f"{to} is a folder; name a file with --to")
    if to.resolve().is_relative_to(settings.published_dir.resolve()):
        raise ConfigurationError(
            f"{to} lies in what is published, which only runs change; name another with --to"
        )


def _assert_known(snapshot: Snapshot, mart: str) -> None:
    if mart in snapshot.marts:
        return
    alike = difflib.get_close_matches(mart, snapshot.marts, n=3)
    meant = f"did you mean {' or '.join(alike)}?" if alike else "give one of"
    known = "" if alike else f" {', '.join(snapshot.marts)}"
    raise ConfigurationError(f"there is no published mart '{mart}'; {meant}{known}")
