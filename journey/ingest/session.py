"""The database that a load is made in: with the edge's functions, and opened again when it breaks.

Over some damaged files the database finds itself at fault and answers nothing any more. Which file
that was is for the load to say; here is the way to go on without it.
"""

from typing import Any

import duckdb

from journey.core import database, secrets
from journey.core.settings import Settings
from journey.ingest import addresses, machine, tombstones


class Session:
    """What a connection is to those who ask it, opened again by `renew` (without its tables)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open()

    def execute(self, query: str, parameters: Any = None) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(query, parameters)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self._connection.cursor()

    def is_broken(self) -> bool:
        """Whether it answers nothing any more."""
        try:
            self._connection.execute("select 1")
        except duckdb.Error:
            return True
        return False

    def raise_if_not_of_file(self, error: duckdb.Error) -> None:
        """Raise an error that says nothing of the files it came up over."""
        if machine.is_of_machine(error) or self.is_broken():
            raise error

    def renew(self) -> None:
        self.close()
        self._open()

    def _open(self) -> None:
        self._connection = database.connect(self._settings)
        # Rows carry their line, so that the order in which they are written is free.
        self._connection.execute("set preserve_insertion_order = false")
        key = secrets.email_key(self._settings)
        addresses.equip(self._connection, key, self._settings.own_dir)
        tombstones.give(self._connection, self._settings)

    def close(self) -> None:
        self._connection.close()
