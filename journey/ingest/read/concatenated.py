"""JSON records that follow one another without a line end between them, as streams deliver them.

`{"a":1}{"a":2}`, with blanks or a comma between the two or neither. A copy of the file gives each a
line of its own. What is no whole record stays as it is, for `lines` to say so.
"""

import re
from dataclasses import replace

from journey.core.sizes import in_words
from journey.ingest.read.errors import TooLargeError
from journey.ingest.read.inspection import Inspected

# As the database and Python both read it. It is asked of text that is no JSON, or may be none.
BOUNDARY = r"[}\]]\s*,?\s*[{\[]|[}\]]\s*,\s*$"
BETWEEN = b" \t\r\n,"
has_boundary = re.compile(BOUNDARY.encode()).search
tokens = re.compile(rb'"(?:[^"\\]|\\.)*+"|["{}\[\]]', re.DOTALL).finditer


def one_a_line(file: Inspected, at_most: int) -> Inspected:
    """The file's copy in which each record has a line, to be read as lines.

    Raises TooLargeError for a document of more bytes than that, which are held in memory.
    """
    if file.is_document and file.path.stat().st_size > at_most:
        raise TooLargeError(
            f"its records follow one another in a document of more than {in_words(at_most)}; "
            "deliver it with a line for each record, or raise memory_limit in the settings"
        )
    target = file.copy_named("lines")
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(file.path, "rb") as lines, open(target, "wb") as copy:
        for text in [lines.read()] if file.is_document else lines:
            if not has_boundary(text):
                copy.write(text)
                continue
            for record in records_of(text.removeprefix(b"\xef\xbb\xbf")):
                copy.write(record.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n")
    return replace(
        file,
        path=target,
        is_document=False,
        is_one_line=False,
        was_document=file.is_document,
        is_fixed=True,
        lines=0,
    )


def records_of(text: bytes) -> list[bytes]:
    """The objects and lists that lie in a text one after the other; what is left is the last."""
    found = []
    depth = end = start = 0
    for token in tokens(text):
        sign = token[0]
        if sign in (b"{", b"["):
            if depth == 0:
                if text[end : token.start()].strip(BETWEEN):
                    break
                start = token.start()
            depth += 1
        elif sign in (b"}", b"]"):
            depth -= 1
            if depth < 0:
                break
            if depth == 0:
                end = token.end()
                found.append(text[start:end])
        elif depth == 0 or sign == b'"':
            break  # text between records, or text that never ends
    rest = text[end:].strip(BETWEEN)
    return [*found, rest] if rest else found
