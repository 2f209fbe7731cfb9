"""Messages of databases and libraries without the data that they quote.

E-mail addresses in words of any kind are `journey.ingest.addresses`'.
"""

import re

ABOUT_SQL = re.compile(r"(\([^()]*\) )?(Binder|Catalog|Parser) Error: ")
QUOTED = re.compile(r"""(['"])(.*\1|.*$)""")
# What errors quote without quotation marks: a number, be it a telephone's, or a date.
BARE = re.compile(r"(?<=with value )\S+|(?<!\w)\d[\d:-]{4,}(\.\d+)?")
# Whose message it is: Python's class, if it is named, and the database's kind of error, if any.
WHOSE = re.compile(r"((?:\w+\.)*\w+(?:Error|Exception): )?((?:\([^()]*\) )?[A-Z][\w ]* Error: )?")
ABOUT_THE_MACHINE = re.compile(
    r"(\S+: )?(FATAL|IO|Out of Memory|Permission|TransactionContext) Error\b"
)
# A statement can say anything as an invalid input: only what begins like the database's own words.
OF_ANYBODY = "Invalid Input"
OWN_WORDS = re.compile(
    r"(argument|attempt|bad|can't|cannot|corrupt|could not|csv|error|expected|failed|file|invalid|"
    r"json|malformed|missing|no argument|no magic|parquet|required|type|unable|unexpected|"
    r"unsupported|value|wrong)\b",
    re.IGNORECASE,
)
NO_DATA = re.compile(r"""\s*(['"]?)…\1[.!]?""")


def without_values(message: str) -> str:
    """The first line of a message; literals in it could be a person's data.

    A value may hold quotes itself and then run on in other lines: so everything from the first
    quote to the last one is cut, or to the end where there is no other. Data is given without
    quotes too, after a colon: a pattern, a date. What libraries say, and the database of data, ends
    there. Messages about the SQL alone quote its names twice, and these stay.
    """
    line = message.strip().splitlines()[0] if message.strip() else "no reason was given"
    if ABOUT_SQL.match(line):
        return "'…'".join(line.split("'")[::2])[:300]
    cut = QUOTED.sub(lambda found: f"{found[1]}…{found[1]}", line)
    cut = BARE.sub("…", cut)
    found = WHOSE.match(cut)
    whose = found[0] if found else ""
    words = cut.removeprefix(whose)
    if not ABOUT_THE_MACHINE.match(cut):
        words = _head(words, is_anybodys=f"{OF_ANYBODY} Error: " in whose)
    return f"{whose}{words}"[:300]


def _head(words: str, *, is_anybodys: bool) -> str:
    """What is said before the first colon, after which comes data."""
    if is_anybodys and not OWN_WORDS.match(words):
        return "…"
    head, colon, rest = words.partition(":")
    return words if not colon or NO_DATA.fullmatch(rest) else f"{head}: …"
