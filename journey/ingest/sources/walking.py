"""Which files of a place fit a pattern, where the place lists one folder at a time."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from journey.core.locations import fixed_folder

DEEPEST = 32  # a link that leads back to its own folder leads nowhere new
WILD = re.compile(r"\*|\?|\{date[^}]*\}")


@dataclass(frozen=True)
class Entry:
    """What a folder lists: a name, and of a file what is known of it."""

    name: str
    is_folder: bool
    size: int | None = None
    version: str = ""


def walk(pattern: str, entries: Callable[[str], list[Entry]]) -> Iterator[tuple[str, Entry]]:
    """Path and entry of each file in a folder that the pattern leads into.

    `entries` lists a folder by its path, which has no slash at its end.
    """
    fixed = fixed_folder(pattern)
    below = pattern[len(fixed) :].lstrip("/") if fixed else pattern
    yield from _below(fixed, below.split("/"), entries, DEEPEST)


def _below(
    folder: str, parts: list[str], entries: Callable[[str], list[Entry]], left: int
) -> Iterator[tuple[str, Entry]]:
    for entry in entries(folder):
        # As for files of this machine, a wildcard does not mean what is hidden.
        if entry.name.startswith(".") and not parts[0].startswith("."):
            continue
        path = f"{folder}/{entry.name}" if folder else entry.name
        if not entry.is_folder:
            yield path, entry
        elif left:
            deeper = _deeper(parts, entry.name)
            if deeper:
                yield from _below(path, deeper, entries, left - 1)


def _deeper(parts: list[str], name: str) -> list[str]:
    """The rest of the pattern inside of a folder; none where it does not lead into it."""
    if parts[0] == "**":
        return parts
    return parts[1:] if _may_be(parts[0]).fullmatch(name) else []


def _may_be(part: str) -> re.Pattern[str]:
    pieces = WILD.split(part)
    wild = ["." if found == "?" else ".*" for found in WILD.findall(part)]
    last = re.escape(pieces[-1])
    return re.compile("".join(re.escape(p) + w for p, w in zip(pieces, wild, strict=False)) + last)
