"""What Dagster keeps and prints of an error: its kind and place, and no value that it quotes.

Fails where an upgrade of Dagster makes its records of errors in another way.
"""

import dagster as dg
import duckdb
import pytest
from dagster._serdes import serialize_value

from journey.core.errors import EngineError
from orchestration.patches import error_info

NAME, PHONE = "zebulon quartermain", "07700 900123"


@pytest.fixture(autouse=True)
def _installed() -> None:
    error_info.install()
    error_info.install()  # again does nothing


def cast() -> None:
    duckdb.execute(f"select cast('{NAME} {PHONE}' as integer)")


def parse() -> None:
    int(f"{NAME} {PHONE}")


def ours() -> None:
    try:
        cast()
    except duckdb.Error as error:
        raise EngineError("raw/orders: the disk is full; make room") from error


def within() -> None:
    try:
        parse()
    except ValueError:
        {}[NAME]


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        (cast, "Conversion Error: Could not convert string '…' to INT32"),
        (parse, "ValueError: invalid literal for int() with base 10: '…'"),
        (ours, "raw/orders: the disk is full; make room"),
        (within, "KeyError: '…'"),
    ],
)
def test_no_error_of_a_step_is_kept_with_its_values(fault, kept: str, capfd) -> None:
    @dg.op
    def step() -> None:
        fault()

    @dg.job
    def job() -> None:
        step()

    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        log = [serialize_value(entry) for entry in instance.all_logs(result.run_id)]
    assert not result.success
    printed = "".join(capfd.readouterr())
    everything = "\n".join([*log, *map(str, result.all_events), printed])
    assert kept in everything.replace("\\u2026", "…")
    assert "test_error_info.py" in everything, "where it failed stays"
    assert "Error occurred while executing op" in everything
    for canary in ("zebulon", "quartermain", "900123"):
        assert canary not in everything.lower()
