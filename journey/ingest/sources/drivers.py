"""Asking a database: the rows of a query as a stream of Arrow batches, by ADBC or connectorx.

Their errors are taken apart here: of their words only those about the query itself are shown, as
all others may quote a row's values or how one logs in.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from journey.core.errors import ConfigurationError
from journey.core.locations import SCHEME, filled_in, require_database
from journey.ingest.sources.unreached import UnreachedError, extra_is_missing

WAIT_SECONDS = 20
ROWS_AT_ONCE = 65_536
Cursor = Any

SQLSTATE = re.compile(r"(?:SQLSTATE:|ERROR) ([0-9A-Z]{5})\b")
SAID = re.compile(r"(?:ERROR|error): +([^\n]+)")
# The server's own end, its locks and its network: all of it may be over at the next try.
PASSES = ("08", "40", "53", "55", "57", "58")
OF_VALUES = ("21", "22")
NOT_LET_IN = re.compile(
    r"authentication|password|pg_hba|does not exist|access denied|login failed|unauthorized|"
    r"permission|credential|incorrect username",
    re.IGNORECASE,
)


@contextmanager
def rows_of(address: str, query: str, where: str) -> Iterator[pa.RecordBatchReader]:
    """The rows that a query gives now, while they are read.

    `where` says for messages whose they are. Raises UnreachedError and ConfigurationError, also
    while the stream is read.
    """
    kind = require_database(address)
    filled = filled_in(address, where, quoted=True)
    with _explained(where):
        reader, close = READERS[kind](filled, query, where)
    try:
        _require_forms(reader.schema, where)
        yield pa.RecordBatchReader.from_batches(reader.schema, _batches(reader, where))
    finally:
        with suppress(Exception):  # what it read is read, or what failed is known
            close()


def _batches(reader: pa.RecordBatchReader, where: str) -> Iterator[pa.RecordBatch]:
    with _explained(where):
        yield from reader


def _require_forms(schema: pa.Schema, where: str) -> None:
    """A value whose form only its database knows would be bytes without a meaning here."""
    for field in schema:
        of_database = (field.metadata or {}).get(b"POSTGRESQL:type", b"").decode()
        is_unknown = getattr(
            field.type, "extension_name", ""
        ) == "arrow.opaque" and pa.types.is_binary(field.type.storage_type)
        if is_unknown or of_database == "money":
            as_type = "numeric" if of_database == "money" else "text"
            raise ConfigurationError(
                f"{where}: column '{field.name}' of its query is of a type that cannot be kept "
                f"({of_database or 'unknown'}); write {field.name}::{as_type} in the query"
            )


# How each kind is opened: what gives the batches, and what closes it.


def _by_adbc(connection: Any, query: str) -> tuple[pa.RecordBatchReader, Callable[[], None]]:
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        reader = cursor.fetch_record_batch()
    except BaseException:
        with suppress(Exception):
            connection.close()
        raise

    def close() -> None:
        cursor.close()
        connection.close()

    return reader, close


def _postgresql(address: str, query: str, where: str) -> Any:
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError:
        raise extra_is_missing(where, "postgresql", "adbc-driver-postgresql") from None
    if "connect_timeout" not in address:
        address += f"{'&' if '?' in address else '?'}connect_timeout={WAIT_SECONDS}"
    return _by_adbc(dbapi.connect(address), query)


def _snowflake(address: str, query: str, where: str) -> Any:
    try:
        from adbc_driver_snowflake import dbapi
    except ImportError:
        raise extra_is_missing(where, "snowflake", "adbc-driver-snowflake") from None
    return _by_adbc(dbapi.connect(SCHEME.sub("", address, count=1)), query)


def _bigquery(address: str, query: str, where: str) -> Any:
    try:
        from adbc_driver_bigquery import DatabaseOptions, dbapi
    except ImportError:
        raise extra_is_missing(where, "bigquery", "adbc-driver-bigquery") from None
    parts = urlsplit(address)
    options = {DatabaseOptions.PROJECT_ID.value: parts.hostname or ""}
    if parts.path.strip("/"):
        options[DatabaseOptions.DATASET_ID.value] = parts.path.strip("/")
    return _by_adbc(dbapi.connect(db_kwargs=options), query)


def _by_connectorx(extra: str) -> Callable[[str, str, str], Any]:
    def read(address: str, query: str, where: str) -> Any:
        try:
            import connectorx
        except ImportError:
            raise extra_is_missing(where, extra, "connectorx") from None
        reader = connectorx.read_sql(
            address, query, return_type="arrow_stream", batch_size=ROWS_AT_ONCE
        )
        return reader, reader.close

    return read


READERS: dict[str, Callable[[str, str, str], Any]] = {
    "postgresql": _postgresql,
    "snowflake": _snowflake,
    "bigquery": _bigquery,
    "mysql": _by_connectorx("mysql"),
    "sqlserver": _by_connectorx("sqlserver"),
}


@contextmanager
def _explained(where: str) -> Iterator[None]:
    try:
        yield
    except (ConfigurationError, UnreachedError, GeneratorExit):
        raise
    except Exception as error:
        raise _of_database(error, where) from None


def _of_database(error: Exception, where: str) -> Exception:
    said = str(error)
    found = SQLSTATE.search(said)
    state = getattr(error, "sqlstate", None) or (found[1] if found else "")
    words = SAID.search(said)
    if state.startswith(OF_VALUES):
        return UnreachedError(
            f"its query fails on a value of a row (SQLSTATE {state}); let the query give that "
            "value as it is, or leave such rows out"
        )
    if state.startswith("42") and state != "42501" and words:
        return ConfigurationError(
            f"{where}: the database does not take the query ({words[1]}); fix it in the settings"
        )
    if state and not state.startswith(PASSES):
        return ConfigurationError(
            f"{where}: the database does not take the question (SQLSTATE {state}); see to the "
            "query, and to what this user may read"
        )
    if not (state or words) and NOT_LET_IN.search(said):
        return ConfigurationError(
            f"{where}: the database does not let this user in; see to user, password and database "
            "in the address, and to the environment variables that it names"
        )
    if state or words:
        how = f"(SQLSTATE {state})" if state else "while its rows were read"
        return UnreachedError(f"the database ended the query with an error {how}; see its log")
    return UnreachedError("it does not answer")
