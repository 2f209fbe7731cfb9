"""Which names of a file's columns messages may show.

Where a file has no header, or a record's members are named by values, the names may be personal
data. A name is shown when it is, or resembles, one that is expected; where most of a header is
expected it is a header, and what looks like a name there is shown too. Others are given by place.
"""

import difflib
import re
from collections.abc import Iterable, Sequence

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z_]{0,39}")
WORD = re.compile(r"[^\W\d]\w*")
QUOTED = re.compile(r'"((?:[^"]|"")*)"')
# A struct's members are named by the file.
STRUCT = re.compile(r'STRUCT\((?:[^()"]|"(?:[^"]|"")*"|\([^()]*\))*\)')
CLOSE = 0.8
MOST_SHOWN = 8


def may_be_shown(given: str, known: Iterable[str]) -> bool:
    """Whether a name is one of those that are expected, or a slip of one."""
    lowered = given.strip().lower()
    names = [name.lower() for name in known]
    return lowered in names or bool(difflib.get_close_matches(lowered, names, 1, CLOSE))


def in_words(chosen: Iterable[str], header: Sequence[str], known: Iterable[str]) -> str:
    """Some columns of a header for a message: names in quotes, or places."""
    known = list(known)
    names = [name.lower() for name in known]
    expected = sum(given.strip().lower() in names for given in header)
    is_header = expected * 2 >= len(header)
    places = {given: place for place, given in reversed(list(enumerate(header, 1)))}
    shown = [
        repr(given)
        if may_be_shown(given, known) or (is_header and IDENTIFIER.fullmatch(given))
        else f"column {places[given]}"
        for given in dict.fromkeys(chosen)
    ]
    more = f" and {len(shown) - MOST_SHOWN} more" if len(shown) > MOST_SHOWN else ""
    return ", ".join(shown[:MOST_SHOWN]) + more


def words_in(*expressions: str) -> set[str]:
    """Names that a definition uses, which a message may therefore show."""
    quoted = {found for text in expressions for found in QUOTED.findall(text)}
    return quoted | {found for text in expressions for found in WORD.findall(text)}


def hide_in(message: str, known: Iterable[str]) -> str:
    """A database's message without the names that only the file can have given it."""
    known = set(known)
    before = None
    while before != message:
        before, message = message, STRUCT.sub("a struct", message)
    head, _, column = message.partition(" when casting from source column ")
    message = message if column in known else head
    return QUOTED.sub(lambda found: found[0] if found[1] in known else '"…"', message)
