"""What a line that cannot be read as a record still shows of the one it belongs to.

That is what stands before the place where it broke, and in CSV what stands behind it too. It is
never loaded; it says which other rows would be incomplete without the line.
"""

from collections.abc import Sequence
from functools import reduce

from journey.core.sql import name, text

WORD = r'"(?:[^"\\]|\\.)*"'
PLAIN = r'[^\s",{}\[\]]+'
LEVELS = 8  # of lists and objects within a value, beyond which it is not read
SIMPLE = f"{WORD}|{PLAIN}"
VALUE = reduce(lambda inner, _: rf"{SIMPLE}|[{{\[](?:[\s,:]|{inner})*[}}\]]", range(LEVELS), SIMPLE)
# Members that a comma ends: the last one may be cut off.
MEMBERS = rf"^\s*\{{(?:\s*{WORD}\s*:\s*(?:{VALUE})\s*,)+"


def cells(rows: str, header: Sequence[str], separator: str) -> str:
    """SQL: the values of CSV lines (_file, _row, row_text), counted from the start of the line and
    from its end. With a field too many or too few, one of both is right on either side of it."""
    sign = f"\\x{ord(separator):02x}"
    field = f'{sign}("(?:[^"]|"")*"|[^{sign}]*)'
    unquoted = """case when regexp_full_match(field, '"(?:[^"]|"")*"')
        then replace(field[2:-2], '""', '"') else replace(field, '"', '') end"""
    columns = ", ".join(
        f"case when skipped + {number} > 0 then nullif(fields[skipped + {number}], '') end"
        f" as {name(column)}"
        for number, column in enumerate(header, 1)
    )
    return f"""(
        select _file, _row, {columns}
        from (
            select _file, _row, fields,
                unnest(list_distinct([0, len(fields) - {len(header)}])) as skipped
            from (
                select _file, _row, list_transform(
                    regexp_extract_all({text(separator)} || row_text, {text(field)}, 1),
                    lambda field: {unquoted}
                ) as fields
                from {rows}
            )
        )
    )"""


def first_members(line: str) -> str:
    """SQL: the members at the start of a broken JSON record, as a record of their own."""
    found = f"regexp_replace(regexp_extract({line}, {text(MEMBERS)}), '\\s*,$', '}}')"
    return f"case when json_valid({found}) then {found} else '{{}}' end"
