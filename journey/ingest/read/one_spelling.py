"""Members that records spell in another case than their tool's format: the same, as in SQL.

What a member holds as free JSON is the team's own and stays out of it, but for a name that the
record also spells otherwise at a place of the format's.

The format's SQL knows one spelling at each place. Records that have another are read as if they had
that one; what stands in quarantine is the record as delivered. Reading a record again is dear, so
all records are asked first, by one pattern that no record of the format's spelling matches.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from journey.core.sql import text
from journey.ingest.read.relations import Lines

BEFORE, AFTER = r'([{,]\s*")', r'("\s*:)'  # nothing but a member's name stands between the two


def take(connection: duckdb.DuckDBPyConnection, lines: Lines, structure: dict[str, Any]) -> bool:
    """Give the lines the structure's spellings; whether some were others.

    Then they have `as_delivered`, the text of those that had. One that spells a name in two ways
    has two members of it then.
    """
    names = sorted(set(_names(structure)))
    odd = "|".join(found for member in names if (found := _in_another_case(member)))
    is_odd = f"regexp_matches(line, {text(BEFORE + '(' + odd + ')' + AFTER)})"
    found = connection.execute(
        f"""select json_group_structure(cast(line as json)) from {lines.values}
        where fault is null and {is_odd}"""
    ).fetchone()[0]
    spelled = dict(_otherwise(structure, json.loads(found))) if found else {}
    if not spelled:
        return False
    line = "line"
    for other, member in spelled.items():
        pattern, own = BEFORE + re.escape(other) + AFTER, rf"\1{member}\2"
        line = f"regexp_replace({line}, {text(pattern)}, {text(own)}, 'g')"
    others = BEFORE + "(" + "|".join(map(re.escape, spelled)) + ")" + AFTER
    connection.execute(f"alter table {lines.values} add column as_delivered varchar")
    connection.execute(
        f"""update {lines.values} set as_delivered = line, line = {line}
        where fault is null and regexp_matches(line, {text(others)})"""
    )
    return True


def _names(structure: Any) -> Iterator[str]:
    if isinstance(structure, list):
        yield from _names(structure[0])
    for member, inner in structure.items() if isinstance(structure, dict) else ():
        yield member
        yield from _names(inner)


def _in_another_case(member: str) -> str:
    """A pattern of the name in all cases but its own: up to some letter alike, there not."""
    either = [
        f"[{sign.lower()}{sign.upper()}]" if sign.isalpha() else re.escape(sign) for sign in member
    ]
    return "|".join(
        re.escape(member[:place]) + sign.swapcase() + "".join(either[place + 1 :])
        for place, sign in enumerate(member)
        if sign.isalpha()
    )


def _otherwise(structure: Any, found: Any) -> Iterator[tuple[str, str]]:
    """What records spell otherwise at the structure's own places, and as what it has there."""
    if isinstance(structure, list) and isinstance(found, list):
        yield from _otherwise(structure[0], found[0])
    if not (isinstance(structure, dict) and isinstance(found, dict)):
        return
    own = {member.lower(): member for member in structure}
    for member, inner in found.items():
        known = own.get(member.lower())
        if known is None:
            continue
        if member not in structure:
            yield member, known
        yield from _otherwise(structure[known], inner)
