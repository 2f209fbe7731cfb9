"""Text files in which some bytes are not UTF-8: a copy that says so where they are.

No database reads such a file. In the copy each such byte is a sign that no text has and its code;
`reading` sets the records aside that hold one, and shows the byte as `\\xE9`. A file of which most
records are so is in another encoding as a whole.
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
other_bytes = re.compile("[\udc80-\udcff]")


def marked(path: Path, target: Path) -> Path:
    """Write the copy, in which all is UTF-8."""
    target.parent.mkdir(parents=True, exist_ok=True)
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    with open(path, "rb") as file, open(target, "wb") as copy:
        while chunk := file.read(CHUNK):
            copy.write(_marked(decoder.decode(chunk)))
        copy.write(_marked(decoder.decode(b"", final=True)))
    return target


def is_marked(*values: str) -> str:
    """SQL: whether one of these texts holds a byte that is not UTF-8."""
    return "(" + " or ".join(f"coalesce(contains({v}, {text(MARK)}), false)" for v in values) + ")"


def shown(value: str) -> str:
    """SQL: the text with its bytes as codes."""
    return f"regexp_replace({value}, {text(MARK + '(..)')}, '\\\\x\\1', 'g')"


def _marked(decoded: str) -> bytes:
    return other_bytes.sub(lambda byte: f"{MARK}{ord(byte[0]) - 0xDC00:02X}", decoded).encode()
