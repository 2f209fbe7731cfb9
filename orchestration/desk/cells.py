"""Text cells that a spreadsheet would run, and how they are made harmless.

A campaign name comes from whoever wrote the link, so a cell of text may be `=HYPERLINK(…)`. Numbers
are numbers and stay what they are.
"""

# What makes spreadsheets take text for a formula, as first character.
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001 - the full-width forms count too
# Spreadsheets show what follows it as text.
GUARD = "'"


def is_formula(text: str) -> bool:
    return text[:1] in FORMULA_STARTS and text != ""


def defused(text: str) -> str:
    return GUARD + text if is_formula(text) else text


def defused_sql(column: str) -> str:
    """The same in SQL, for an engine that writes the file itself."""
    name = quoted(column)
    starts = ", ".join(f"chr({ord(character)})" for character in FORMULA_STARTS)
    return f"case when left({name}, 1) in ({starts}) then '{GUARD * 2}' || {name} else {name} end"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
