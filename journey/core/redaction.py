"""Messages of databases and libraries without the data that they quote.

E-mail addresses in words of any kind are `journey.ingest.addresses`'.
"""

import re

ABOUT_SQL = re.compile(r"(\([^()]*\) )?(Binder|Catalog|Parser) Error: ")
QUOTED = re.compile(r"""(['"])(.*\1|.*$)""")
# What is told without quotes: a number, be it a telephone's, or a date.
BARE = re.compile(r"(?<=with value )\S+|(?<!\w)\d[\d:-]{4,}(\.\d+)?")


def without_values(message: str) -> str:
    """The first line of a database's message; literals in it could be somebody's data.

    A value may hold quotes itself and then run on in other lines: so everything from the first
    quote to the last one is cut, or to the end where there is no other. Messages about the SQL
    alone quote its names twice, and these stay.
    """
    line = message.strip().splitlines()[0] if message.strip() else "no reason was given"
    if ABOUT_SQL.match(line):
        return "'…'".join(line.split("'")[::2])[:300]
    cut = QUOTED.sub(lambda found: f"{found[1]}…{found[1]}", line)
    return BARE.sub("…", cut)[:300]
