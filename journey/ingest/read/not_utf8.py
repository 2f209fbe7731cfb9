"""Text files in which some bytes are not UTF-8: a copy that says so where they are.

No database reads such a file. In the copy each such byte is a sign that no text has and its code;
the records that hold one are unreadable, and show the byte as `\\xE9`. A file of which most records
are so is in another encoding as a whole (`encodings`).
"""

import codecs
import re
from pathlib import Path

from journey.core.sql import text

REASON = "not_utf8"
MARK = "\ufdd0\ufdd1"  # signs that Unicode gives to no text
CHUNK = 1 << 22
ADVICE = (
    "it is probably Latin-1, Windows-1252 or UTF-16: export it as UTF-8, or convert it "
    "(iconv -f WINDOWS-1252 -t UTF-8 old > new)"
)
ENOUGH_LINES = 200  # that show what a file is written in
other_bytes = re.compile("[\udc80-\udcff]+")
MARKS = {0xDC00 + byte: f"{MARK}{byte:02X}" for byte in range(0x80, 0x100)}


def first_lines(path: Path) -> tuple[int, int]:
    """How many lines the file begins with, and how many of them are not UTF-8; of few, none."""
    with open(path, "rb") as file:
        lines = file.read(CHUNK).split(b"\n")[:-1]
    return (len(lines), sum(map(_is_other, lines))) if len(lines) >= ENOUGH_LINES else (0, 0)


def marked(path: Path, target: Path, at_most: int) -> Path | None:
    """Write the copy, in which all is UTF-8; none where the marks add more bytes than `at_most`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    added = 0
    with open(path, "rb") as file, open(target, "wb") as copy:
        while added <= at_most and (chunk := file.read(CHUNK)):
            added += copy.write(_marked(decoder.decode(chunk))) - len(chunk)
        copy.write(_marked(decoder.decode(b"", final=True)))
    if added > at_most:
        target.unlink()
        return None
    return target


def is_marked(*values: str) -> str:
    """SQL: whether one of these texts holds a byte that is not UTF-8."""
    return "(" + " or ".join(f"coalesce(contains({v}, {text(MARK)}), false)" for v in values) + ")"


def shown(value: str) -> str:
    """SQL: the text with its bytes as codes."""
    return f"regexp_replace({value}, {text(MARK + '(..)')}, '\\\\x\\1', 'g')"


def _is_other(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return True
    return False


def _marked(decoded: str) -> bytes:
    return other_bytes.sub(lambda found: found[0].translate(MARKS), decoded).encode()
