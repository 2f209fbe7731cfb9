"""Rows of text files that are not UTF-8, and files that are in another encoding as a whole.

What such bytes are in the copy that is read is `not_utf8`'s to say.
"""

from collections.abc import Sequence

from journey.core.database import Connection
from journey.core.sql import text
from journey.ingest.read import not_utf8
from journey.ingest.read.errors import BadFilesError, UnreadableError
from journey.ingest.read.inspection import Inspected
from journey.ingest.read.relations import COUNTED, UNREADABLE


def of_marked(files: Sequence[Inspected]) -> str:
    """SQL: whether a row is of a file in which bytes that are not UTF-8 are marked."""
    places = [str(place) for place, file in enumerate(files) if file.is_marked]
    return f"_file in ({', '.join(places)})"


def reject_other_encodings(connection: Connection, files: Sequence[Inspected]) -> None:
    """Raise BadFilesError for files of which at least half the records are not UTF-8.

    They are in another encoding.
    """
    if not any(file.is_marked for file in files):
        return
    rows = connection.execute(
        f"""select _file, any_value(records), count(*), min(_row)
        from {UNREADABLE} inner join {COUNTED} using (_file)
        where reason = {text(not_utf8.REASON)}
        group by _file having count(*) * 2 >= any_value(records)"""
    ).fetchall()
    if rows:
        raise BadFilesError(
            {
                place: UnreadableError(
                    f"{bad:,} of its {held:,} rows are not UTF-8, the first is row {first}; "
                    f"{not_utf8.ADVICE}"
                )
                for place, held, bad, first in rows
            }
        )
