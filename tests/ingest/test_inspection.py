"""What a file is, before a database reads it."""

import bz2
import gzip
import json
import lzma
from pathlib import Path

import pytest

from journey.ingest.read import not_utf8
from journey.ingest.read.errors import UnreadableError
from journey.ingest.read.inspection import Inspected, inspect

ROWS = b'{"a": 1}\n{"a": 2}\n'


def inspected(tmp_path: Path, name: str, content: bytes) -> Inspected:
    path = tmp_path / name
    path.write_bytes(content)
    return inspect(path, tmp_path / "unpacked" / name)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b" \n\n", "nothing in it but blanks"),
        ("a.csv", b"\xef\xbb\xbf", "nothing in it but blanks"),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "holds an empty file"),
        ("a.csv.gz", gzip.compress(b"a,b\n" * 9999, mtime=0)[:-9], "cut off; deliver it again"),
        ("a.csv.gz", gzip.compress(b"a,b\n" * 9999, mtime=0)[:30], "cut off; deliver it again"),
        ("a.csv.gz", b"a,b\n1,2\n", "no gzip"),
        ("a.jsonl", "\ufeff".encode("utf-16-le") + ROWS.decode().encode("utf-16-le"), "UTF-16"),
        ("a.jsonl", ROWS.decode().encode("utf-16-be"), "UTF-16"),
        ("a.csv", b"\nM\xfcller\nb\n", "its header, line 2, is not UTF-8; it is probably Latin-1"),
        ("a.csv", b"a\nM\xc3", "last character is cut off"),
        ("a.parquet", b"a,b\n1,2\n", "no Parquet file"),
        ("a.parquet", b"PAR1 and then nothing", "cut off"),
        ("a.csv", b'a,"b\n1,2\n', "open quote"),
        ("a.csv", b'a,"how many\nof them?"\n1,2\n', "take the line end out of the column's name"),
        ("a.csv", b"a," + b"x" * 200_000 + b"\n1,2\n", "too long for one; see whether the line"),
        ("a.csv", b",,\n1,2,3\n", "line 1, names no column"),
        ("a.zip", b"PK\x03\x04\x14\x00\x00", "it is a zip archive or a spreadsheet: deliver"),
        ("a.csv.zst", b"\x28\xb5\x2f\xfd\x04\x00", "it is packed with zstd: unpack it"),
        ("a.csv.bz2", bz2.compress(b"a,b"), "it is packed with bzip2"),
        ("a.csv.xz", lzma.compress(b"a,b"), "it is packed with xz"),
        (
            "a.csv.gz",
            gzip.compress(gzip.compress(b"a,b", mtime=0), mtime=0),
            "a gzip within a gzip: pack it once",
        ),
        (
            "a.csv.gz",
            gzip.compress(b"a,b\n1,2\n", mtime=0) + b"ada@",
            "bytes that are no gzip follow it; ",
        ),
        ("a.parquet", b"PARE" + b"\x00" * 40 + b"PARE", "is encrypted"),
    ],
)
def test_what_cannot_be_taken_is_reported(tmp_path, name, content, sentence) -> None:
    with pytest.raises(UnreadableError, match=sentence):
        inspected(tmp_path, name, content)


def test_a_damaged_gzip_is_reported(tmp_path) -> None:
    packed = bytearray(gzip.compress(bytes(range(256)) * 4000))
    packed[200] ^= 0xFF
    with pytest.raises(UnreadableError, match=r"damaged|cut off"):
        inspected(tmp_path, "a.jsonl.gz", bytes(packed))


@pytest.mark.parametrize("before", [0, 1, 4 << 20, (4 << 20) - 1, (8 << 20) + 3])
def test_a_wrong_byte_is_marked_far_into_a_file(tmp_path, before: int) -> None:
    lines = b"x" * 99 + b"\n"
    content = "é\n".encode() + lines * (before // 100) + b"y" * (before % 100) + b"\xe9z\n"
    found = inspected(tmp_path, "a.csv", content)
    assert found.is_marked
    assert found.path.read_bytes() == content.replace(b"\xe9z", f"{not_utf8.MARK}E9z".encode())


def test_text_that_is_not_ascii_is_fine_across_chunks(tmp_path) -> None:
    for shift in range(4):
        content = b"a" * ((4 << 20) - shift) + "€\n€".encode()
        assert inspected(tmp_path, "a.csv", b"head\n" + content).header == ("head",)


@pytest.mark.parametrize(
    ("name", "container"),
    [("a.csv", "csv"), ("a.tsv", "csv"), ("a.jsonl", "json"), ("a.ndjson.gz", "json")],
)
def test_the_name_gives_the_container(tmp_path, name: str, container: str) -> None:
    content = ROWS if container == "json" else b"a,b\n1,2\n"
    content = gzip.compress(content) if name.endswith(".gz") else content
    assert inspected(tmp_path, name, content).container == container


@pytest.mark.parametrize(
    ("content", "container"), [(ROWS, "json"), (b"[1]", "json"), (b"a,b\n", "csv")]
)
def test_without_a_suffix_the_content_decides(tmp_path, content, container: str) -> None:
    assert inspected(tmp_path, "export", content).container == container


BROKEN = b'{"a": 1, "b\n'


@pytest.mark.parametrize(
    ("content", "is_document"),
    [
        (ROWS, False),
        (b"\xef\xbb\xbf" + ROWS, False),
        (b"\n\n" + ROWS, False),
        (BROKEN + ROWS, False),
        (b'[{"a": 1}]\n[{"a": 2}]\n', False),
        (b'{"orders": [{"a": 1}, {"a": 2}]}', True),
        (b'[{"a": 1}, {"a": 2}]\n', True),
        (b'[\n{"a": 1},\n{"a": 2}\n]\n', True),
        (b'{"orders":[\n{"a": 1},\n{"a": 2}\n]}\n', True),
        (b'{"orders":[\n{"a": 1}\n]}\n', True),
        (b'[\n{"a": 1}', True),
        (BROKEN + b'{"a": 1}', False),
        (json.dumps({"orders": [{"a": 1}, {"a": 2}]}, indent=2).encode(), True),
        (json.dumps([{"a": {"b": []}}] * 300, indent=1).encode(), True),
    ],
)
def test_lines_are_distinguished_from_documents(
    tmp_path, content: bytes, is_document: bool
) -> None:
    assert inspected(tmp_path, "a.json", content).is_document is is_document


def test_one_line_that_is_longer_than_the_head_is_a_document(tmp_path) -> None:
    content = json.dumps([{"a": "x" * 100}] * 30_000).encode()
    found = inspected(tmp_path, "a.json", content + b"\n\n")
    assert (found.is_document, found.is_one_line) == (True, True)
    found = inspected(tmp_path, "a.json", content + b"\n" + content)
    assert (found.is_document, found.is_one_line) == (True, False)


@pytest.mark.parametrize(
    ("content", "header", "line", "separator"),
    [
        (b"a,b\n1,2\n", ("a", "b"), 1, ","),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", ("a", "b"), 1, ","),
        (b'\n"a; x";b\n1;2\n', ("a; x", "b"), 2, ";"),
        (b"a\tb\n", ("a", "b"), 1, "\t"),
        (b" a | b \n", ("a", "b"), 1, "|"),
        (b"a,b\r1,2\r", ("a", "b"), 1, ","),
    ],
)
def test_the_header_of_a_csv_file(tmp_path, content, header, line, separator) -> None:
    found = inspected(tmp_path, "a.csv", content)
    assert (found.header, found.header_line, found.separator) == (header, line, separator)


def test_mixed_line_ends_are_made_even(tmp_path) -> None:
    found = inspected(tmp_path, "a.csv", b"a,b\r\n1,2\n3,4\r\n")
    assert found.path.read_bytes() == b"a,b\n1,2\n3,4\n"


def test_a_packed_file_is_unpacked_beside(tmp_path) -> None:
    found = inspected(tmp_path, "a.jsonl.gz", gzip.compress(ROWS) + gzip.compress(ROWS))
    assert found.path.read_bytes() == ROWS * 2
    assert found.path.parent == tmp_path / "unpacked"
