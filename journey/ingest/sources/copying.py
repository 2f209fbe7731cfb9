"""Copying files of a place into the landing folder: what is new or changed, several at once.

A copy is written aside and takes its name in one step, so that half a file never counts. The ledger
knows of each copy which version of the file it is: a place without anything new costs its listing.
"""

import re
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from journey.core import durable, failpoints
from journey.core.locations import Location
from journey.core.log import say
from journey.core.settings import Settings, Source
from journey.core.sizes import in_words
from journey.ingest import machine
from journey.ingest.ledger import Ledger
from journey.ingest.planning.landing import file_name_below, finder
from journey.ingest.sources.stores import RemoteFile, Store, open_store
from journey.ingest.sources.unreached import CancelledError, GoneError, UnreachedError

STEP = "landing"
AT_ONCE = 8
PAUSES = (1.0, 4.0)  # seconds before each further try
PROGRESS_SECONDS = 5.0
Result = TypeVar("Result")
IMPOSSIBLE = re.compile(r"(^|/)(\.{0,2})(/|$)|\x00|\\")


@dataclass
class Copied:
    """What came of a place: files that were copied, and what could not be."""

    files: int = 0
    size: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Copy:
    """A file and where its copy lies: `name` is what the ledger knows it by."""

    file: RemoteFile
    path: Path
    name: str


def part_dir(settings: Settings, folder: str) -> Path:
    """Where copies lie while they are written: no pattern of a source means what is hidden."""
    return settings.data_dir / folder / ".part"


def copy_new(
    settings: Settings,
    ledger: Ledger,
    source: Source,
    location: Location,
    window: tuple[date, date],
    today: date,
) -> Copied:
    """Copy what the source's place has, and the landing folder has not, of these delivery dates.

    Raises UnreachedError where the place does not answer, after what was copied until then;
    ConfigurationError for what a person has to put right; EngineError for the machine's faults.
    """
    copied = Copied()
    store, listed = _patiently(lambda: _open_and_list(location))
    try:
        wanted = _wanted(settings, ledger, source, location, listed, window, today, copied)
        if wanted:
            _copy_all(ledger, store, location, wanted, part_dir(settings, location.folder), copied)
    finally:
        store.close()
    return copied


def _open_and_list(location: Location) -> tuple[Store, list[RemoteFile]]:
    store = open_store(location)
    try:
        return store, store.files()
    except BaseException:
        store.close()
        raise


def _patiently(attempt: Callable[[], Result]) -> Result:
    for pause in PAUSES:
        try:
            return attempt()
        except UnreachedError:
            time.sleep(pause)
    return attempt()


def _wanted(
    settings: Settings,
    ledger: Ledger,
    source: Source,
    location: Location,
    listed: Sequence[RemoteFile],
    window: tuple[date, date],
    today: date,
    copied: Copied,
) -> list[_Copy]:
    find = finder(location.pattern, source, today)
    first, last = window
    known = ledger.fetched()
    wanted = []
    for file in sorted(listed, key=lambda file: file.key):
        is_one, day = find(file.key)
        if not is_one or _is_hidden(file.key, location.fixed):
            continue
        if day is not None and not first <= day <= last:
            continue
        if IMPOSSIBLE.search(file.key):
            copied.problems.append(
                "the name of one of its files has an empty part or a backslash, which no copy here "
                "can have; rename it there"
            )
            continue
        path = settings.data_dir / location.folder / file.key
        name = file_name_below(path, settings.data_dir)
        if not file.version or known.get(name) != file.version or not _is_there(path, file.size):
            wanted.append(_Copy(file, path, name))
    return wanted


def _is_hidden(key: str, fixed: str) -> bool:
    """As for files of this machine, wildcards do not mean what begins with a dot."""
    return any(part.startswith(".") for part in key.removeprefix(fixed).strip("/").split("/"))


def _is_there(path: Path, size: int | None) -> bool:
    try:
        found = path.stat().st_size
    except OSError:
        return False
    return size is None or found == size


def _copy_all(
    ledger: Ledger,
    store: Store,
    location: Location,
    wanted: Sequence[_Copy],
    parts: Path,
    copied: Copied,
) -> None:
    make_folder(parts)
    cancelled = threading.Event()
    failure: BaseException | None = None
    progress = _Progress(location, wanted)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting: dict[Future[str | None], _Copy] = {}
        try:
            for number, copy in enumerate(wanted):
                part = parts / str(number)
                waiting[pool.submit(_copy, store, copy, part, cancelled, progress)] = copy
            while waiting:
                done, _ = wait(waiting, PROGRESS_SECONDS, FIRST_COMPLETED)
                progress.show()
                for future in done:
                    error = _keep(ledger, future, waiting.pop(future), copied)
                    if error is not None and failure is None:
                        failure = error
                        cancelled.set()
                        pool.shutdown(wait=False, cancel_futures=True)
        except BaseException:
            cancelled.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    shutil.rmtree(parts, ignore_errors=True)
    if copied.files:
        say(STEP, f"{location.shown}: {_files(copied.files)} copied, {in_words(copied.size)}")
    if failure is not None:
        raise failure


def _keep(
    ledger: Ledger, future: "Future[str | None]", copy: _Copy, copied: Copied
) -> BaseException | None:
    """Have the ledger know a copy that is in place; returns what ends the copying, if it does."""
    if future.cancelled():
        return None
    error = future.exception()
    if isinstance(error, OSError) and machine.is_of_name(error):
        copied.problems.append(
            "the name of one of its files is too long, or is a folder's too, so that no copy here "
            "can have it; rename it there"
        )
        return None
    if isinstance(error, OSError | MemoryError):
        return machine.stopped("landing", error)
    if isinstance(error, GoneError | CancelledError):
        return None
    if error is not None:
        return error
    version = future.result()
    copied.files += 1
    copied.size += copy.path.stat().st_size
    failpoints.point("landing.before_ledger")
    if version:
        ledger.keep_fetched(copy.name, version)
    return None


def _copy(
    store: Store, copy: _Copy, part: Path, cancelled: threading.Event, progress: "_Progress"
) -> str:
    """Copy one file; returns which version it is, as the place said when it was read."""
    for pause in (*PAUSES, None):
        before = progress.bytes_of(copy)
        try:
            return _copy_once(store, copy, part, cancelled, progress)
        except UnreachedError:
            progress.count(copy, before - progress.bytes_of(copy))
            if pause is None or cancelled.wait(pause):
                raise
    raise CancelledError


def _copy_once(
    store: Store, copy: _Copy, part: Path, cancelled: threading.Event, progress: "_Progress"
) -> str:
    written = 0
    with store.read(copy.file) as content, open(part, "wb") as file:
        for piece in content.pieces:
            if cancelled.is_set():
                raise CancelledError
            file.write(piece)
            written += len(piece)
            progress.count(copy, len(piece))
        failpoints.point("landing.half_written")
        if content.size is not None and written != content.size:
            raise UnreachedError("it sent less of a file than it has")
    make_folder(copy.path.parent)
    durable.replace(part, copy.path)
    failpoints.point("landing.after_rename")
    return content.version


def make_folder(folder: Path) -> None:
    """The folder, with its name on the disk before what is put into it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    durable.flush(folder.parent)


class _Progress:
    """How far the copying is, shown now and then."""

    def __init__(self, location: Location, wanted: Sequence[_Copy]) -> None:
        self._shown = location.shown
        self._files = len(wanted)
        sizes = [copy.file.size for copy in wanted]
        self._size = None if None in sizes else sum(size for size in sizes if size)
        self._bytes: dict[_Copy, int] = {}
        self._last = time.monotonic()

    def bytes_of(self, copy: _Copy) -> int:
        return self._bytes.get(copy, 0)

    def count(self, copy: _Copy, size: int) -> None:
        """Only the thread that copies this file calls it."""
        self._bytes[copy] = self._bytes.get(copy, 0) + size

    def show(self) -> None:
        if time.monotonic() - self._last < PROGRESS_SECONDS:
            return
        self._last = time.monotonic()
        begun = list(self._bytes.items())
        size = in_words(sum(copied for _, copied in begun))
        total = f" of {in_words(self._size)}" if self._size is not None else ""
        say(STEP, f"{self._shown}: copying {_files(self._files)}, {size}{total} so far")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
