"""E-mail addresses at the edge: the functions that key and hide them, given to a connection.

The key itself stays in variables of the connection. What is done to which column is
`conforming`'s to say.
"""

import hashlib
import os
import re
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import ARROW
from duckdb.sqltypes import VARCHAR

from journey.core.seeds import read_seed
from journey.core.sql import text, texts

FUNCTIONS = Path(__file__).parent / "functions.sql"
# The seeds that decide how files are read.
SEEDS = ("filler_identifiers", "click_ids")
BLOCK_SIZE = hashlib.sha256().block_size
ADDRESS = re.compile(r"[^\s@<>\"',;:/?&=()\[\]{}|]+(?:@|%40)[\w.-]+")


def equip(connection: duckdb.DuckDBPyConnection, key: bytes, own_dir: Path | None) -> None:
    """Give the connection the functions of the edge and the warehouse's key for addresses.

    `own_dir` is where a team keeps its own seeds.
    """
    if len(key) > BLOCK_SIZE:
        key = hashlib.sha256(key).digest()
    key = key.ljust(BLOCK_SIZE, b"\0")
    for name, mask in (("outer_key", 0x5C), ("inner_key", 0x36)):
        padded = bytes(byte ^ mask for byte in key)
        connection.execute(f"set variable {name} = $padded", {"padded": padded})
    connection.create_function("nfkc", _nfkc, [VARCHAR], VARCHAR, type=ARROW)
    connection.execute(_macros_of_seeds(own_dir))
    connection.execute(FUNCTIONS.read_text(encoding="utf-8"))


def printable(name: object) -> str:
    """A file's name as text that any log can hold: control characters, and bytes that are no
    UTF-8, as escapes."""
    text = os.fsencode(str(name)).decode("utf-8", errors="backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _nfkc(texts_given: pa.ChunkedArray) -> pa.ChunkedArray:
    """Unicode's compatibility form, which the database does not know; whole columns at a time."""
    return pc.utf8_normalize(texts_given, form="NFKC")


def _macros_of_seeds(own_dir: Path | None) -> str:
    """Lists of the seeds as literals of macros, so that they are folded into each statement."""
    words = [row["word"].lower() for row in read_seed(own_dir, "filler_identifiers")]
    clicks = [row for row in read_seed(own_dir, "click_ids") if row["click_parameter"] != "*"]
    patterns = {
        name: "|".join(row["click_parameter"] for row in clicks if row["is_paid"] == is_paid)
        for name, is_paid in (("paid", "true"), ("other", "false"))
    }
    by_length = groupby(sorted(words, key=len), key=len)
    # Most identifiers have the length of no such word, and need no second look.
    cases = [f"when {size} then lower(given) in ({texts(like)})" for size, like in by_length]
    is_filler = f"case length(given) {' '.join(cases)} else false end" if cases else "false"
    return f"""
    create macro is_filler(given) as {is_filler};
    create macro paid_click_pattern() as {text(f"(?i)[?&]({patterns['paid']})=([^&#]+)")};
    create macro other_click_pattern() as {text(f"(?i)[?&]({patterns['other']})=([^&#]+)")};
    """


def without_addresses(message: str) -> str:
    """A message in which no address can be read; databases quote the values they fail on."""
    return ADDRESS.sub("[address]", message)
