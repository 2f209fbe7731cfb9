"""Members that records spell in another case than their tool's format: the same, as in SQL.

What a member holds as free JSON is the team's own and stays out of it, but for a name that such a
record also spells otherwise at a place of the format's.

The format's SQL knows one spelling at each place. Records that have another are read as if they had
that one; what stands in quarantine is the record as delivered.
"""

import re
from typing import Any

from journey.core.database import Connection
from journey.core.sql import text, texts
from journey.ingest.read.record_shapes import Objects, RecordShapes
from journey.ingest.read.relations import ODD_RECORDS, Lines
from journey.ingest.read.spellings import OTHER_SPELLING

BEFORE, AFTER = r'([{,]\s*")', r'("\s*:)'  # nothing but a member's name stands between the two


def take(
    connection: Connection,
    lines: Lines,
    structure: dict[str, Any],
    shapes: RecordShapes,
) -> bool:
    """Give the lines the structure's spellings; whether some were others.

    Then they have `as_delivered`, the text of those that had. One that spells a name in two ways
    has two members of it then. One that writes it in escapes is unreadable.
    """
    if not shapes.find(_has_other):
        return False
    connection.execute(f"alter table {lines.values} add column as_delivered varchar")
    # What lies in an object whose name is spelled otherwise is seen when that has its own.
    for _ in range(_levels(structure)):
        line = "line"
        for other, member in _others(connection, shapes).items():
            pattern, own = BEFORE + re.escape(other) + AFTER, rf"\1{member}\2"
            line = f"regexp_replace({line}, {text(pattern)}, {text(own)}, 'g')"
        connection.execute(
            f"""update {lines.values} set as_delivered = coalesce(as_delivered, line), line = {line}
            where rowid in (from {ODD_RECORDS})"""
        )
        shapes.look_again()
        if not shapes.find(_has_other):
            return True
    shapes.set_odd_aside(OTHER_SPELLING)
    return True


def _has_other(objects: Objects) -> str:
    """SQL: whether one of the names `found` is a known member's in another case."""
    return f"len(list_filter(found, lambda member: {_is_other(objects)})) > 0"


def _is_other(objects: Objects) -> str:
    own = texts(objects.members)
    lower = texts(member.lower() for member in objects.members)
    return f"list_contains([{lower}], lower(member)) and not list_contains([{own}], member)"


def _others(connection: Connection, shapes: RecordShapes) -> dict[str, str]:
    """The other spellings that records have, each with the structure's own."""
    found = " union ".join(
        f"""select {number} as number, member
        from (select unnest(flatten({objects.keys})) as member from {shapes.samples("names")})
        where {_is_other(objects)}"""
        for number, objects in enumerate(shapes.objects)
    )
    own = [{m.lower(): m for m in objects.members} for objects in shapes.objects]
    rows = connection.execute(f"{found} order by number, member").fetchall()
    return {other: own[number][other.lower()] for number, other in rows}


def _levels(structure: Any) -> int:
    """How deep objects lie in one another."""
    inner = structure.values() if isinstance(structure, dict) else structure
    if isinstance(structure, str):
        return 0
    return isinstance(structure, dict) + max(map(_levels, inner), default=0)
