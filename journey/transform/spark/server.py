"""The cluster's Thrift server: whether it is there, and statements of our own beside dbt's."""

from collections.abc import Iterable
from contextlib import closing
from importlib.util import find_spec

from journey.core.errors import ConfigurationError, EngineError
from journey.core.redaction import without_values
from journey.core.settings import Settings

USER = "journey"
# What every session is set to, dbt's too: instants without a zone, and errors instead of nulls.
SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
}
PACKAGES = ("dbt.adapters.spark", "pyhive", "thrift_sasl")


class NoServerError(EngineError):
    """Nothing answers where the server should be."""


def require(settings: Settings) -> None:
    """Raise where the extra is not installed (ConfigurationError) or no server answers."""
    missing = [name for name in PACKAGES if not _is_installed(name)]
    if missing:
        raise ConfigurationError(
            f'{settings.config_file}: engine = "spark" needs packages that are not installed '
            f"({', '.join(missing)}); install them with `pip install 'journey-warehouse[spark]'`, "
            'or set engine = "duckdb"'
        )
    run(settings, [])


def run(settings: Settings, statements: Iterable[str]) -> None:
    """Run statements in a session of their own. Raises EngineError."""
    try:
        run_at(settings.spark_host, settings.spark_port, statements)
    except NoServerError as error:
        raise EngineError(
            f"{error}; start one there (`make spark-up` in a clone starts one on this machine), or "
            f"set spark_host and spark_port in {settings.config_file}"
        ) from None


def run_at(host: str, port: int, statements: Iterable[str]) -> None:
    """The same where the settings are not at hand."""
    from pyhive import hive

    try:
        connection = hive.connect(host=host, port=port, username=USER, configuration=SESSION)
    except Exception as error:  # of sockets, of Thrift, of SASL: they have no base in common
        raise NoServerError(
            f"no Spark Thrift server answers at {host}:{port} ({type(error).__name__})"
        ) from None
    with closing(connection), closing(connection.cursor()) as cursor:
        for statement in statements:
            try:
                cursor.execute(statement)
            except Exception as error:
                raise EngineError(
                    f"the Spark Thrift server at {host}:{port} rejects a statement "
                    f"({first_words(str(error))}); see to its log and run again"
                ) from None


def first_words(error: str) -> str:
    """What a server's error says, without the stack and without values."""
    _, _, said = error.partition('errorMessage="')
    line = (said or error).partition("\\n")[0].partition("\n")[0]
    return without_values(line)


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
