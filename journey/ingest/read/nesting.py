"""How deep a JSON record is nested, asked before the database is: it breaks down over some."""

from functools import reduce

DEEPEST = 120  # the database describes 128 levels, and ends the connection over more
TEXT = r'"(?:[^"\\]|\\.)*"'
NO_BRACKETS = r"[^\[\]{}]+"
INNERMOST = r"\[\]|\{\}"


def is_too_deep(line: str) -> str:
    """SQL: whether valid JSON has more levels.

    Lines with as many brackets, which are few, are bared of all else and peeled level by level.
    """
    openings = f"length({line}) - length(translate({line}, '{{[', ''))"
    bare = f"regexp_replace(regexp_replace({line}, '{TEXT}', '', 'g'), '{NO_BRACKETS}', '', 'g')"
    peeled = reduce(
        lambda inner, _: f"regexp_replace({inner}, '{INNERMOST}', '', 'g')", range(DEEPEST), bare
    )
    return f"case when {openings} > {DEEPEST} then {peeled} <> '' else false end"
