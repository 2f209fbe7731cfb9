"""What a delivered file is, byte by byte, before a database reads it.

Its digest, whether it is whole, and what it holds: container, JSON layout, CSV header. For a file
that cannot be taken there is one sentence for its owner. What its rows say is not looked at.
"""

import codecs
import gzip
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from journey.core import sql
from journey.core.sizes import in_words
from journey.ingest.read import avro_files, headers, not_utf8
from journey.ingest.read.errors import TooLargeError, UnreadableError

CHUNK = 1 << 22
HEAD_BYTES = 1 << 20
LONGEST_LINE = 64 << 20
SAMPLE_LINES = 200
MOST_RETURNS = 3
NOTHING = headers.Expected()
line_end = re.compile(rb"\r+\n")
GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
ENCRYPTED_PARQUET_MAGIC = b"PARE"
# What other files begin with that are delivered in place of text.
OTHER_KINDS = {
    b"PK\x03\x04": "a zip archive or a spreadsheet: deliver the files in it, or export it as CSV",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it, or pack it with gzip",
    b"BZh91AY&SY": "packed with bzip2: unpack it, or pack it with gzip",
    b"\xfd7zXZ": "packed with xz: unpack it, or pack it with gzip",
    b"\xd0\xcf\x11\xe0": "a spreadsheet: export it as CSV",
    b"%PDF-": "a PDF: export the data as CSV",
    GZIP_MAGIC: "a gzip within a gzip: pack it once",
}
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SUFFIXES = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}

Container = Literal["json", "csv", "parquet"]


@dataclass(frozen=True)
class Inspected:
    """A file that can be read, and how. `path` is an uncompressed copy where it was packed."""

    path: Path
    container: Container
    is_document: bool = False
    is_one_line: bool = False
    was_document: bool = False  # it seemed one; read as lines, most of them must be records
    header: tuple[str, ...] = ()
    header_line: int = 0
    separator: str = ","
    quote: str = '"'  # empty where none means anything
    largest: int = 0  # bytes of its longest line or its document, where these are many
    lines: int = 0  # as its line ends count them; 0 where that says nothing of its records
    copy_to: Path = Path()  # what the names of its copies begin with
    is_fixed: bool = False  # a copy in which what could not be read is set aside
    is_marked: bool = False  # a copy in which bytes that are not UTF-8 are marked

    def copy_named(self, what: str) -> Path:
        """Where a copy of it may be written; copies for other ends have other names."""
        return _beside(self.copy_to, what)


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}.{what}")


def cannot_open(error: OSError) -> str:
    """What is wrong with a file that the machine does not let us read."""
    return f"it cannot be opened ({error.strerror}); see to its permissions"


def digest(path: Path) -> str:
    """SHA-256 of the file as delivered."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inspect(
    path: Path,
    unpack_to: Path,
    max_unpacked_size: int = sys.maxsize,
    expected: headers.Expected = NOTHING,
) -> Inspected:
    """Look at the file once, whole. Packed files are unpacked to `unpack_to`.

    `expected` is of the columns of tables in text. Raises UnreadableError with what is wrong and
    what to do.
    """
    with open(path, "rb") as file:
        magic = file.read(4)
    if not magic:
        raise UnreadableError("the file is empty; deliver it again")
    name = path.name
    if magic[:2] == GZIP_MAGIC:
        _unpack(path, unpack_to, max_unpacked_size)
        path, name = unpack_to, name.removesuffix(".gz")
        with open(path, "rb") as file:
            magic = file.read(4)
        if not magic:
            raise UnreadableError("the gzip holds an empty file; deliver it again")
    elif name.endswith(".gz"):
        raise UnreadableError("it is named .gz and is no gzip; deliver it again, or rename it")
    if magic == avro_files.MAGIC:
        lines = _beside(unpack_to, "lines")
        avro_files.as_lines(path, lines, max_unpacked_size)
        path, name = lines, f"{name}.jsonl"
    path = _with_a_name_for_databases(path, unpack_to)
    if magic == PARQUET_MAGIC or SUFFIXES.get(Path(name).suffix) == "parquet":
        return replace(_inspect_parquet(path), copy_to=unpack_to)
    return _inspect_text(path, Path(name).suffix, unpack_to, max_unpacked_size, expected)


def _with_a_name_for_databases(path: Path, link_to: Path) -> Path:
    """The file, or a link to it where its name is one that no database takes.

    That is a name that is not UTF-8, and one that is a pattern, also where it is quoted as a name:
    then the whole folder is searched, and the search ends at a name that begins with a backslash.
    """
    try:
        is_taken = "\\" not in str(path) and sql.one_file(path) == str(path)
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        is_taken = False
    if not is_taken:
        link = _beside(link_to, "named")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
        return link
    return path


def _unpack(path: Path, target: Path, at_most: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with gzip.open(path, "rb") as packed, open(target, "wb") as plain:
            written = 0
            while chunk := packed.read(CHUNK):
                written += len(chunk)
                if written > at_most:
                    break
                plain.write(chunk)
    except EOFError:
        raise UnreadableError("the gzip is cut off; deliver it again, whole") from None
    except gzip.BadGzipFile:
        raise UnreadableError(
            "the gzip is damaged, or bytes that are no gzip follow it; deliver it again"
        ) from None
    except zlib.error as error:
        raise UnreadableError(f"the gzip is damaged ({error}); deliver it again") from None
    if written > at_most:
        target.unlink()
        raise TooLargeError(
            f"the gzip unpacks to more than {in_words(at_most)}; deliver it in parts, or raise "
            "max_unpacked_size in the settings"
        )


def _inspect_parquet(path: Path) -> Inspected:
    with open(path, "rb") as file:
        starts = file.read(4) == PARQUET_MAGIC
        size = file.seek(0, 2)
        file.seek(max(0, size - 4))
        end = file.read(4)
        ends = end == PARQUET_MAGIC
    if end == ENCRYPTED_PARQUET_MAGIC:
        raise UnreadableError("the Parquet file is encrypted; deliver it without encryption")
    if not starts:
        raise UnreadableError("it is named .parquet and is no Parquet file; deliver it again")
    if not ends or size < 12:
        raise UnreadableError("the Parquet file is cut off; deliver it again, whole")
    return Inspected(path, "parquet")


def _inspect_text(
    path: Path, suffix: str, copy_to: Path, at_most: int, expected: headers.Expected
) -> Inspected:
    with open(path, "rb") as file:
        start = file.read(HEAD_BYTES)
    for magic, advice in OTHER_KINDS.items():
        if start.startswith(magic):
            raise UnreadableError(f"it is {advice}")
    if start.startswith(UTF16_MARKS) or b"\x00" in start[:64]:
        raise UnreadableError("it is UTF-16 (or binary), and UTF-8 is expected; export it as UTF-8")
    if not start.removeprefix(codecs.BOM_UTF8).strip():
        raise UnreadableError("there is nothing in it but blanks; deliver it again")
    longest, is_utf8 = _longest_line(path)
    if not is_utf8:
        path = _with_marks(path, copy_to, at_most)
        with open(path, "rb") as file:
            start = file.read(HEAD_BYTES)
    head = start.removeprefix(codecs.BOM_UTF8)
    container = SUFFIXES.get(suffix)
    if container is None:
        container = "json" if head.lstrip()[:1] in (b"{", b"[") else "csv"
    has_quotes = container == "csv" and not expected.fields
    path, lines = _with_even_line_ends(path, copy_to, longest, has_quotes=has_quotes)
    if container == "json":
        found = _inspect_json(path, head, len(start) == HEAD_BYTES)
        longest = path.stat().st_size if found.is_document else longest
    else:
        found = _inspect_table(path, head, expected)
    return replace(found, largest=longest, lines=lines, copy_to=copy_to, is_marked=not is_utf8)


def _with_marks(path: Path, copy_to: Path, at_most: int) -> Path:
    """A copy in which bytes that are not UTF-8 are marked, unless most of the file is so."""
    lines, other = not_utf8.first_lines(path)
    if lines and other * 2 >= lines:
        raise UnreadableError(
            f"{other:,} of its first {lines:,} lines are not UTF-8; {not_utf8.ADVICE}"
        )
    copy = not_utf8.marked(path, _beside(copy_to, "marked"), at_most)
    if copy is None:
        raise TooLargeError(
            "it holds so many bytes that are not UTF-8 that a copy which marks them adds more than "
            f"{in_words(at_most)}; convert it to UTF-8, or raise max_unpacked_size in the settings"
        )
    return copy


def _longest_line(path: Path) -> tuple[int, bool]:
    """Of lines that do not lie within a chunk; 0 without any. And whether all of it is UTF-8."""
    longest = length = 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    held = 0  # bytes of a character that the chunk before began
    is_utf8 = True
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            end = chunk.find(b"\n")
            length += len(chunk) if end < 0 else end
            longest = max(longest, length)
            if end >= 0:
                length = len(chunk) - chunk.rfind(b"\n") - 1
            if not is_utf8 or (not held and chunk.isascii()):
                continue
            try:
                decoder.decode(chunk)
                held = len(decoder.getstate()[0])
            except UnicodeDecodeError:
                is_utf8 = False
    if is_utf8 and held:
        raise UnreadableError("its last character is cut off; deliver it again, whole")
    return longest, is_utf8


def _inspect_json(path: Path, head: bytes, has_more: bool) -> Inspected:
    first = head.split(b"\n", SAMPLE_LINES)[:SAMPLE_LINES]
    lines = [line.strip() for line in first if line.strip()]
    if len(lines) == 1:
        is_one_line = not has_more or not _has_second_line(path)
        return Inspected(path, "json", is_document=True, is_one_line=is_one_line)
    if _is_whole(lines[0]):
        return Inspected(path, "json")
    # The first line may be a broken row. In a document few lines are whole: a list's last rows.
    whole = sum(line.startswith(b"{") and _is_whole(line) for line in lines[1:])
    opens_list = lines[0].endswith((b"[", b"{"))
    return Inspected(path, "json", is_document=opens_list or whole * 2 <= len(lines) - 1)


def _has_second_line(path: Path) -> bool:
    """Whether anything follows the first line, however long that is."""
    is_past_first = False
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            if not is_past_first:
                is_past_first = b"\n" in chunk
                chunk = chunk.partition(b"\n")[2]
            if is_past_first and chunk.strip():
                return True
    return False


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict | list)
    except ValueError:
        return False
    except RecursionError:
        return line.endswith((b"}", b"]"))  # too deep for this reader; the database has another


def _inspect_table(path: Path, head: bytes, expected: headers.Expected) -> Inspected:
    found = headers.find(head, expected)
    return Inspected(
        path,
        "csv",
        header=found.names,
        header_line=found.line,
        separator=found.separator,
        quote=found.quote,
    )


def _with_even_line_ends(
    path: Path, copy_to: Path, longest: int, *, has_quotes: bool
) -> tuple[Path, int]:
    """The file, or a copy whose lines all end alike: the database reads one kind a file.

    And how many lines it has. Where they end with line feeds, a carriage return within a line is a
    blank; with `has_quotes`, where no quotes enclose it. The last byte may be one whose line feed
    was cut off: it is left out.
    """
    both = line_feeds = returns = all_returns = doubled = 0
    last = b""
    with open(path, "rb") as file:
        for chunk in _chunks(file):
            line_feeds += chunk.count(b"\n")
            if b"\r" in chunk:
                both += chunk.count(b"\r\n")
                all_returns += chunk.count(b"\r")
                doubled += chunk.count(b"\r\r\n")
            if not line_feeds:
                returns = all_returns
            last = (last + chunk[-2:])[-2:]
    is_cut = line_feeds > 0 and last.endswith(b"\r")
    last = last[:-1] if is_cut else last
    lines = (line_feeds or returns) + (not last.endswith(b"\n" if line_feeds else b"\r"))
    alone = all_returns - both - doubled - is_cut
    # In CSV, as many of them as line feeds, and more, are line ends themselves.
    are_ends = has_quotes and alone >= line_feeds
    has_stray = line_feeds > 0 and (doubled > 0 or (alone + is_cut > 0 and not are_ends))
    if both in (0, line_feeds) and not has_stray:
        return path, lines
    if has_stray and has_quotes and longest > LONGEST_LINE:
        raise UnreadableError(
            f"one of its lines has {in_words(longest)}, more than {in_words(LONGEST_LINE)}; look "
            "for what should end it, and deliver the file again"
        )
    even = _beside(copy_to, "even")
    even.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "rb") as file, open(even, "wb") as copy:
        if has_stray and has_quotes:
            copy.writelines(map(_without_returns, file))
        elif has_stray:
            for chunk in _chunks(file):
                copy.write(line_end.sub(b"\n", chunk).replace(b"\r", b" "))
        else:
            for chunk in _chunks(file):
                copy.write(chunk.replace(b"\r\n", b"\n"))
        if is_cut:
            copy.truncate(copy.tell() - 1)
    return even, lines


def _without_returns(line: bytes) -> bytes:
    """A line that ends with a line feed alone, and has blanks for returns outside of quotes."""
    if b"\r" not in line:
        return line
    parts = line_end.sub(b"\n", line).split(b'"')
    parts[::2] = (part.replace(b"\r", b" ") for part in parts[::2])
    return b'"'.join(parts)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """Chunks that never end between carriage returns and their line feed."""
    while chunk := file.read(CHUNK):
        for _ in range(MOST_RETURNS):
            if chunk.endswith(b"\r"):
                chunk += file.read(1)
        yield chunk
