"""What dbt's adapter for Spark does otherwise in the process of `journey-dbt`."""

from functools import partial
from typing import Any

from dbt.adapters.spark import connections
from dbt.adapters.spark.connections import SparkCredentials
from dbt.adapters.spark.impl import SparkAdapter
from dbt_common.clients import agate_helper
from dbt_common.exceptions import DbtDatabaseError

from journey.transform.spark.python_models import LocalPythonModels
from journey.transform.spark.server import SESSION, first_words

SECONDS_BETWEEN_LOOKS = 0.1

_settle = SparkCredentials.__post_init__


def install() -> None:
    """Let the adapter of this process be one that builds what DuckDB builds."""
    SparkCredentials.__post_init__ = settle  # type: ignore[assignment]
    connections.PyhiveConnectionWrapper = Connection  # type: ignore[misc]
    SparkAdapter.python_submission_helpers = property(  # type: ignore[method-assign,assignment]
        lambda adapter: {"here": LocalPythonModels}
    )
    SparkAdapter.default_python_submission_method = property(  # type: ignore[method-assign,assignment]
        lambda adapter: "here"
    )
    # A seed's word `null` is a word, as DuckDB reads it; an empty cell is null.
    agate_helper.build_type_tester = partial(
        agate_helper.build_type_tester, string_null_values=("",)
    )


class Connection(connections.PyhiveConnectionWrapper):
    """The adapter's own waits five seconds before it looks again, and quotes values in errors."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.poll_interval = SECONDS_BETWEEN_LOOKS  # type: ignore[assignment]

    def execute(self, sql: str, bindings: list[Any] | None = None) -> None:
        try:
            super().execute(sql, bindings)
        except connections.CONNECTION_LOST_EXCEPTIONS:  # type: ignore[misc]
            raise
        except Exception as error:
            raise DbtDatabaseError(first_words(str(error))) from None


def settle(credentials: Any) -> None:
    """The adapter would have errors of arithmetic and of casts become nulls."""
    _settle(credentials)
    credentials.server_side_parameters |= SESSION
