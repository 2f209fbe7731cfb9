"""Text cells that a spreadsheet would run, and how they are made harmless.

Campaign names are written by the authors of links, so a cell may be `=HYPERLINK(…)`. Numbers
are numbers and stay what they are.
"""

from pathlib import Path

import duckdb

# What makes spreadsheets take text for a formula, as first character.
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001 - the full-width forms count too
# Spreadsheets show what follows it as text.
GUARD = "'"


def is_formula(text: str) -> bool:
    return text[:1] in FORMULA_STARTS and text != ""


def defused(text: str) -> str:
    return GUARD + text if is_formula(text) else text


def copy_to_csv(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Let the engine write the rows of `query` to a file: every digit, texts defused."""
    described = connection.execute(f"describe {query}").fetchall()
    cells = ", ".join(
        f"{_defused_sql(name)} as {quoted(name)}" if kind == "VARCHAR" else quoted(name)
        for name, kind, *_ in described
    )
    target = str(path).replace("'", "''")
    connection.execute(f"copy (select {cells} from ({query})) to '{target}' (format csv, header)")


def _defused_sql(column: str) -> str:
    name = quoted(column)
    starts = ", ".join(f"chr({ord(character)})" for character in FORMULA_STARTS)
    return f"case when left({name}, 1) in ({starts}) then '{GUARD * 2}' || {name} else {name} end"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
