"""Which files a source has delivered, and when: from its path pattern, without opening any.

Nothing here knows what is in a file (`inspection`) or what was loaded before (`ledger`).
"""

import calendar
import glob
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from journey.core.errors import ConfigurationError
from journey.core.settings import FIRST_DAY, Settings, Source
from journey.ingest import machine
from journey.ingest.addresses import printable, without_addresses

DATE_FIELD = re.compile(r"\{date(?::([^{}]*))?\}")
WILDCARD = re.compile(r"\*\*/|\*|\?")
DIGEST_DIGITS = 6
DIRECTIVES = {
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "m": r"\d{2}",
    "d": r"\d{2}",
    "j": r"\d{3}",
    "b": r"[A-Za-z]{3}",
    "H": r"\d{2}",
    "M": r"\d{2}",
    "S": r"\d{2}",
}


@dataclass(frozen=True)
class Superseded:
    """A delivery that was loaded and is none any more, and the file name that its rows bear."""

    source: str
    file_name: str
    sequence: int
    lineage_name: str

    @property
    def place(self) -> tuple[str, str, int]:
        return self.source, self.file_name, self.sequence


@dataclass(frozen=True)
class Companion:
    """One file of a table that a delivery is joined with, and its content."""

    table: str
    path: Path
    file_name: str
    sha256: str
    stamp: str

    def is_unchanged(self) -> bool:
        """Whether the file is still the one whose digest was taken."""
        return self.path.exists() and stamp_of(self.path) == self.stamp


@dataclass(frozen=True)
class Delivery:
    """One file of one source.

    `file_name` is the name that rows and messages bear; it holds no folder of the machine.
    `delivered_on` is None until the ledger has said when a file without a date was first seen.
    `fault` says why the file cannot be taken, where that shows before it is read. The digest and
    the stamp it was taken at are empty until then. `sequence` numbers what the path held, one
    content after the other. `replaces` is the file name that this delivery's rows bear where they
    were loaded before and are read again; `supersedes` are the deliveries whose rows go with this
    one, as the path holds them no more. `companions` are all files of the tables that it is joined
    with.
    """

    source: Source
    path: Path
    file_name: str
    delivered_on: date | None
    fault: str | None = None
    sha256: str = ""
    stamp: str = ""
    sequence: int = 1
    replaces: str | None = None
    supersedes: tuple[Superseded, ...] = ()
    companions: tuple[Companion, ...] = ()

    @property
    def kind(self) -> str:
        return self.source.kind

    @property
    def day(self) -> date:
        """`delivered_on` of a delivery that is identified."""
        if self.delivered_on is None:
            raise ValueError(f"{self.file_name} is not identified yet, so it has no day")
        return self.delivered_on

    @property
    def place(self) -> tuple[str, str, int]:
        """Which delivery this is: source, path, which content of the path."""
        return self.source.name, self.file_name, self.sequence

    def identified(self, sha256: str, stamp: str, delivered_on: date, sequence: int) -> "Delivery":
        return replace(
            self, sha256=sha256, stamp=stamp, delivered_on=delivered_on, sequence=sequence
        )

    def again(self, replaces: str | None) -> "Delivery":
        """This delivery, to be read once more; its rows bear the name that is given, if any."""
        return replace(self, replaces=replaces)

    def instead_of(self, superseded: Iterable[Superseded]) -> "Delivery":
        return replace(self, supersedes=tuple(superseded))

    def with_fault(self, fault: str) -> "Delivery":
        return replace(self, fault=self.fault or fault)

    def joined_with(self, companions: Iterable[Companion]) -> "Delivery":
        return replace(self, companions=tuple(companions))

    def meaning(self, of_source: str) -> str:
        """Of all that decides what the file means: how it is read, and what it is joined with."""
        if not self.source.tables:
            return of_source
        joined = sorted(f"{one.table} {one.file_name} {one.sha256}" for one in self.companions)
        digest = hashlib.sha256("\n".join(joined).encode()).hexdigest()
        return f"{of_source} tables={digest[:16]}"

    def fingerprint(self, of_source: str) -> str:
        """Of all that decides how the file is read: it changes when its fault is fixed."""
        meaning = self.meaning(of_source)
        return f"{meaning} {self.fault}" if self.fault else meaning

    def is_unchanged(self) -> bool:
        """Whether the file, and those that it is joined with, are those whose digest was taken."""
        is_own = self.path.exists() and stamp_of(self.path) == self.stamp
        return is_own and all(companion.is_unchanged() for companion in self.companions)


def stamp_of(path: Path) -> str:
    """What changes whenever a file does: cheaper than its digest."""
    found = os.stat(path)
    return f"{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_ino}"


def find_deliveries(settings: Settings, source: Source, today: date) -> list[Delivery]:
    """The files that are there for `source`, by delivery date and name."""
    # The data dir's own name is no pattern, whatever characters it has.
    base = "" if Path(source.pattern).is_absolute() else f"{settings.data_dir}/"
    expression, directives = _expression(source.pattern, source)
    pattern = glob.escape(base) + _glob(source.pattern)
    _require_listable(pattern, source)
    found = []
    for name in glob.glob(pattern, recursive=True):
        match = expression.fullmatch(name.removeprefix(base))
        path = Path(name)
        if match is None or not _is_file(path):
            continue
        file_name = _file_name(path, source.pattern, settings.data_dir)
        delivered_on, fault = _delivery_date(match, directives, today)
        found.append(Delivery(source, path, file_name, delivered_on, fault=fault))
    return sorted(found, key=lambda d: (d.delivered_on or date.max, d.file_name))


def finder(pattern: str, source: Source, today: date) -> Callable[[str], tuple[bool, date | None]]:
    """Says of a path whether it is one of a source's, and which delivery date its name gives."""
    expression, directives = _expression(pattern, source)

    def find(path: str) -> tuple[bool, date | None]:
        match = expression.fullmatch(path)
        return match is not None, _delivery_date(match, directives, today)[0] if match else None

    return find


def file_name_below(path: Path, data_dir: Path) -> str:
    """The name by which messages and the ledger know a file of the data dir."""
    return _file_name(path, "", data_dir)


def _require_listable(pattern: str, source: Source) -> None:
    """Raise EngineError for a folder that cannot be listed: `glob` would take it for empty."""
    parts = pattern.split("/")
    for depth, part in enumerate(parts):
        if not glob.has_magic(part):
            continue
        for folder in glob.glob("/".join(parts[:depth]) + "/", recursive=True):
            try:
                os.scandir(folder).close()
            except (FileNotFoundError, NotADirectoryError):
                continue  # taken away, or no folder
            except OSError as error:
                raise machine.stopped(
                    f"source '{source.name}', a folder of its path", error
                ) from error


def _is_file(path: Path) -> bool:
    """Whether this is a file; in a folder that may not be looked into it is taken for one."""
    try:
        return path.is_file()
    except PermissionError:
        return True


def _glob(pattern: str) -> str:
    """The pattern for `glob`: a star for each date, everything but wildcards literally."""
    parts = []
    for is_date, piece in _pieces(pattern):
        if is_date:
            parts.append("*")
        else:
            parts += [p if WILDCARD.fullmatch(p) else glob.escape(p) for p in _wild(piece)]
    return "".join(parts)


def _expression(pattern: str, source: Source) -> tuple[re.Pattern[str], list[str]]:
    """The pattern as a regular expression, and which part of the date each of its groups is."""
    parts: list[str] = []
    directives: list[str] = []
    for is_date, piece in _pieces(pattern):
        if is_date:
            expression, named = _date_expression(piece, source)
            parts.append(expression)
            directives += named
        else:
            wild = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
            parts += [wild.get(p) or re.escape(p) for p in _wild(piece)]
    return re.compile("".join(parts)), directives


def _pieces(pattern: str) -> list[tuple[bool, str]]:
    """The pattern cut at its date fields; a field gives its layout."""
    pieces, position = [], 0
    for match in DATE_FIELD.finditer(pattern):
        pieces.append((False, pattern[position : match.start()]))
        pieces.append((True, match.group(1) or "%Y-%m-%d"))
        position = match.end()
    return [*pieces, (False, pattern[position:])]


def _wild(piece: str) -> list[str]:
    position, parts = 0, []
    for match in WILDCARD.finditer(piece):
        parts += [piece[position : match.start()], match.group()]
        position = match.end()
    return [part for part in (*parts, piece[position:]) if part]


def _date_expression(layout: str, source: Source) -> tuple[str, list[str]]:
    """A strptime layout as a regular expression with a group for each directive."""
    expression, directives = "", []
    for part in re.split(r"(%.)", layout):
        if not part.startswith("%"):
            expression += re.escape(part)
        elif part[1:] in DIRECTIVES:
            expression += f"({DIRECTIVES[part[1:]]})"
            directives.append(part[1:])
        else:
            raise ConfigurationError(
                f"source '{source.name}': its path has {{date:{layout}}}, and '{part}' is not "
                f"known there; use {', '.join('%' + directive for directive in DIRECTIVES)}"
            )
    return expression, directives


def _delivery_date(
    match: re.Match[str], directives: list[str], today: date
) -> tuple[date | None, str | None]:
    """The date in a file's name, or what is wrong with it."""
    if not directives:
        return None, None
    # A name may give a part of the date twice (a folder a month, a file a day), if it agrees.
    given: dict[str, str] = {}
    for directive, part in zip(directives, match.groups(), strict=True):
        if given.setdefault(directive, part) != part:
            return None, "its name gives two different dates; rename the file"
    values, layout = " ".join(given.values()), " ".join(f"%{directive}" for directive in given)
    try:
        day = datetime.strptime(values, layout).date()
    except ValueError:
        return None, f"'{values}' in its name is not a date; rename the file"
    day = _end_of_period(day, set(given))
    if day < FIRST_DAY:
        return None, f"its name gives {day}, before the first day, {FIRST_DAY}; rename the file"
    if day > today:
        return None, f"its name gives {day}, which is still to come; rename it or await that day"
    return day, None


def _end_of_period(day: date, directives: set[str]) -> date:
    """A file of a whole month or year was delivered at its end."""
    if directives & {"d", "j"}:
        return day
    if directives & {"m", "b"}:
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day.replace(month=12, day=31)


def _file_name(path: Path, pattern: str, data_dir: Path) -> str:
    """The path below the data dir; elsewhere, below the part of the pattern that is fixed.

    Rows bear it and terminals show it, so no address stays in it and nothing that steers a
    terminal; a few digits of the digest of the real name then keep it unique.
    """
    fixed = re.split(r"[*?{]", pattern, maxsplit=1)[0].rpartition("/")[0]
    below = data_dir if path.is_relative_to(data_dir) else fixed or "/"
    real = path.relative_to(below).as_posix()
    shown = without_addresses(printable(real))
    if shown == real:
        return real
    return f"{shown}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:DIGEST_DIGITS]}"
