"""Errors in Dagster's event log, in what it prints and shows, without the data that they quote.

A database or a library quotes the value that it fails on, which may be a person's name. Errors of
the project's own are sentences without values, and Dagster's name objects of its own.
"""

from traceback import TracebackException
from typing import Any

from dagster_shared.error import DagsterError, SerializableErrorInfo

from journey.core.errors import JourneyError
from journey.core.redaction import without_values

WITHOUT_DATA = (JourneyError, DagsterError)

_of_traceback = SerializableErrorInfo.from_traceback.__func__  # type: ignore[attr-defined]


def install() -> None:
    """Let every error of this process be kept and printed without values; again does nothing."""
    SerializableErrorInfo.from_traceback = classmethod(_redacted)  # type: ignore[method-assign, assignment]


def _redacted(cls: Any, traceback: TracebackException) -> SerializableErrorInfo:
    info = _of_traceback(cls, traceback)  # which asks this function for its cause and context
    kind = traceback.exc_type
    if kind is not None and issubclass(kind, WITHOUT_DATA):
        return info
    return info._replace(message=f"{without_values(info.message)}\n")
