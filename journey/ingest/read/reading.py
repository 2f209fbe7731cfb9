"""What was read of a batch: rows with their file and line, still in the tool's own words.

Here is what all containers have in common: which rows `delivered` shows, of which types, and which
rows are set aside as unreadable. How a container becomes rows is `csv_files`', `json_files`' and
`parquet_files`'; what a row means is the format's to say, what it must hold the contract's.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from journey.core.database import Connection
from journey.core.sql import name
from journey.ingest.read.relations import (
    DELIVERED,
    KEPT,
    RECORDS,
    SET_ASIDE,
    UNREADABLE,
    UNREADABLE_BY_ITSELF,
)

Retypable = tuple[Any, Any, Sequence[Any]]  # a place, its type, and those that it may have


class Reading(ABC):
    """The rows of a batch. `columns` are those of `delivered`, with their types."""

    is_open_ended = False  # whether records leave out the members they have no value for

    def __init__(self, connection: Connection, columns: dict[str, str]) -> None:
        self.connection = connection
        self.columns = columns
        self._absent = ""
        self._has_rows_aside = False

    # What a container's reading says of itself.

    @abstractmethod
    def values(self) -> str:
        """SQL: what `delivered` has, from what is kept of the records."""

    @abstractmethod
    def with_texts(self, rows: str) -> str:
        """SQL: the relation `rows` (with _file, _row) and `row_text`, the row as delivered."""

    def unreadable_values(self) -> str:
        """SQL: rows of `unreadable` that have values all the same; empty where there are none."""
        return ""

    def parts_of_values(self) -> str:
        """SQL: the other rows of `unreadable`, with the values that can be known of them."""
        return ""

    def other_types(self, used: set[str]) -> list[Retypable]:
        """Places whose type depends on single rows, of these names (lower case): each with the type
        that it has, and those that it may have."""
        return []

    def set_type(self, place: Any, type: Any) -> None:
        """Note that a place is of another type, where a container has `other_types`."""
        raise NotImplementedError

    # What is done with it.

    def retype(self, place: Any, type: Any) -> None:
        """Let a place of `delivered` be of another type.

        A value of another type is an error there, or makes its row unreadable.
        """
        self.set_type(place, type)
        self.show()

    def add_absent(self, members: Sequence[str]) -> None:
        """Let `delivered` have members that no record gives, as nothing."""
        self._absent = "".join(f", null as {name(member)}" for member in members)
        self.show()

    def show(self, condition: str = "true") -> None:
        """Let `delivered` have the rows that fulfil a condition on _row, but those set aside."""
        delivered = f"select *{self._absent} from ({self.values()}) where {condition}"
        self.connection.execute(f"create or replace view {DELIVERED} as {delivered}")

    def show_all(self) -> None:
        """Have `delivered` for the first time: all records are kept."""
        self.connection.execute(f"create view {KEPT} as select * from {RECORDS}")
        self.show()

    def set_aside(self, rows: str) -> None:
        """Let `unreadable` have these rows too, and `delivered` not: SQL of _file, _row, reason."""
        if not self._has_rows_aside:
            self._has_rows_aside = True
            self._make_room_aside()
        self.connection.execute(f"insert into {SET_ASIDE} select _file, _row, reason from ({rows})")
        # Before any value is cast: they may be why it cannot be.
        self.connection.execute(
            f"""create or replace view {KEPT} as
            select * from {RECORDS} as records where not exists (
                select 1 from {SET_ASIDE} as aside
                where aside._file = records._file and aside._row = records._row
            )"""
        )
        self.show()

    def _make_room_aside(self) -> None:
        self.connection.execute(
            f"create table {SET_ASIDE} (_file bigint, _row bigint, reason varchar)"
        )
        self.connection.execute(f"alter view {UNREADABLE} rename to {UNREADABLE_BY_ITSELF}")
        self.connection.execute(
            f"""create view {UNREADABLE} as
            select _file, _row, reason, value, row_text from {UNREADABLE_BY_ITSELF}
            union all
            select _file, _row, reason, cast(null as varchar), row_text
            from ({self.with_texts(SET_ASIDE)})"""
        )

    @property
    def unread(self) -> str:
        """SQL: the rows of `unreadable` that have values all the same, as `delivered` has them.

        Nothing where there can be none.
        """
        return self._with_absent(self.unreadable_values())

    @property
    def partly_unread(self) -> str:
        """SQL: the other rows of `unreadable`, with the values that can be known of them.

        A value may be that of another column. Nothing where there can be none.
        """
        return self._with_absent(self.parts_of_values())

    def _with_absent(self, rows: str) -> str:
        return f"select *{self._absent} from ({rows})" if rows else ""
