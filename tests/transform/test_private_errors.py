"""What dbt learns of a failure of the database: where and what, and no value that it quotes.

Fails where an upgrade of dbt's adapter runs statements or Python models in another way.
"""

from types import SimpleNamespace

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.environments import Environment, local
from dbt_common.exceptions import DbtRuntimeError

from journey.core.settings import Settings
from journey.read import metrics
from journey.transform import private_errors

NAME, PHONE = "zebulon quartermain", "07700 900123"
MODEL = """
class dbtObj:
    def __init__(self, load): pass

def model(dbt, con):
    {statement}

def materialize(frame, con): pass
"""


@pytest.fixture
def connection(monkeypatch) -> local.DuckDBConnectionWrapper:
    """A connection as dbt's adapter makes it, after `install`, which is undone after the test."""
    monkeypatch.setattr(local, "DuckDBCursorWrapper", local.DuckDBCursorWrapper)
    monkeypatch.setattr(Environment, "run_python_job", Environment.__dict__["run_python_job"])
    private_errors.install()
    return local.DuckDBConnectionWrapper(duckdb.connect(), None)


def fetched(connection: local.DuckDBConnectionWrapper, sql: str) -> None:
    cursor = connection.cursor()
    cursor.execute(sql)
    cursor.fetchall()


def message_of(connection: local.DuckDBConnectionWrapper, sql: str) -> str:
    """What the adapter's own error says of a statement."""
    manager = SimpleNamespace(rollback_if_open=lambda: None)
    handler = DuckDBConnectionManager.exception_handler(manager, sql)
    with pytest.raises(DbtRuntimeError) as raised, handler:
        fetched(connection, sql)
    return str(raised.value)


@pytest.mark.parametrize(
    "sql",
    [
        f"select cast('{NAME} {PHONE}' as integer)",
        f"select cast(word as integer) from (values ('{NAME} {PHONE}')) as words (word)",
        f"select strptime('{NAME} {PHONE}', '%Y')",
        f"create table numbers as select cast('{NAME} {PHONE}' as decimal(18, 2)) as number",
    ],
)
def test_a_statement_that_fails_quotes_no_value(connection, sql: str) -> None:
    message = message_of(connection, sql)
    assert "Error: " in message
    for canary in ("zebulon", "quartermain", "900123"):
        assert canary not in message.lower()


def test_an_error_about_the_sql_keeps_its_names(connection) -> None:
    assert 'Referenced column "naem" not found' in message_of(
        connection, "select naem from (select 1)"
    )


def test_metrics_are_asked_through_the_same_adapter(connection, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(local, "DuckDBCursorWrapper", None)
    asked = SimpleNamespace(cli=lambda **_: local.DuckDBCursorWrapper)
    monkeypatch.setattr(metrics, "_command_line", lambda: asked)
    monkeypatch.setattr(metrics.publish, "current", lambda _: "a version")
    monkeypatch.setattr(metrics, "prepare_project", lambda _: None)
    monkeypatch.setattr(metrics, "environment", lambda _: {})
    metrics.run(Settings(config_file=tmp_path / "journey.toml", data_dir=tmp_path), [])
    assert local.DuckDBCursorWrapper is private_errors.Cursor


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        (
            "con.execute('select cast(word as integer) from people').fetchall()",
            "Conversion Error: ",
        ),
        (
            "int(con.execute('select word from people').fetchone()[0])",
            "ValueError: invalid literal for int() with base 10: '…'",
        ),
    ],
)
def test_a_python_model_that_fails_says_where_and_quotes_no_value(
    connection, statement: str, kept: str
) -> None:
    cursor = connection.cursor()
    cursor.execute(f"create table people as select '{NAME} {PHONE}' as word")
    code = MODEL.format(statement=statement)
    with pytest.raises(DbtRuntimeError) as raised:
        Environment.run_python_job(cursor, None, "fitted", code, None)
    message = str(raised.value)
    assert "Python model failed" in message
    assert kept in message
    assert "in model" in message, "where it failed stays"
    for canary in ("zebulon", "quartermain", "900123"):
        assert canary not in message.lower()
