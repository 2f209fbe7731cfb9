"""The macros of macros/statistics/ give the tails that scipy gives, to eleven digits.

The macros are rendered as dbt does for DuckDB and run on a grid of statistics and degrees of
freedom; the models that use them are tested elsewhere.
"""

import itertools
from pathlib import Path

import duckdb
import jinja2
import numpy as np
import pytest
from scipy import stats

MACROS = Path(__file__).resolve().parents[2] / "dbt_project" / "macros"
FILES = [MACROS / "cross_db" / "sum_over_integers.sql", *(MACROS / "statistics").glob("*.sql")]


def rendered(expression: str) -> str:
    """A macro call as DuckDB is given it."""

    class Adapter:
        def dispatch(self, name: str):
            return getattr(module, f"duckdb__{name}")

    text = "".join(path.read_text() for path in FILES)
    text += "{% macro wanted() %}{{ " + expression + " }}{% endmacro %}"
    module = jinja2.Template(text).make_module({"adapter": Adapter()})
    return str(module.wanted())


def evaluated(expression: str, rows: list[tuple[float, float]]) -> np.ndarray:
    """The expression over rows of a statistic and its degrees of freedom."""
    with duckdb.connect() as connection:
        connection.execute("create table grid (place integer, statistic double, degrees double)")
        given = [(place, *row) for place, row in enumerate(rows)]
        connection.executemany("insert into grid values (?, ?, ?)", given)
        found = connection.execute(f"select {rendered(expression)} from grid order by place")
        return np.array([value for (value,) in found.fetchall()])


def grid(statistics: list[float], degrees: list[float]) -> list[tuple[float, float]]:
    return list(itertools.product(statistics, degrees))


def test_chi_square_tails_are_scipys():
    rows = grid([0, 0.001, 0.5, 1, 2.5, 4, 8, 15, 30], [1, 2, 3, 4, 7, 12, 25, 50])
    expected = [stats.chi2.sf(root**2, degrees) for root, degrees in rows]
    found = evaluated("chi_square_tail('statistic', 'degrees')", rows)
    assert found == pytest.approx(expected, rel=1e-11, abs=1e-300)


def test_normal_tails_are_scipys_on_either_side():
    rows = grid([-5, -1.959963984540054, -0.3, 0, 1e-9, 0.3, 1, 3, 8, 20, 37], [0])
    expected = [2 * stats.norm.sf(abs(statistic)) for statistic, _ in rows]
    found = evaluated("normal_tail('statistic')", rows)
    assert found == pytest.approx(expected, rel=1e-11, abs=1e-300)


def test_students_tails_are_scipys_also_for_broken_degrees_of_freedom():
    rows = grid([0, 0.01, 0.7, 1.96, 4, 12, 90], [1, 1.3, 2, 2.75, 5, 17.2, 57, 400, 1e5, 3e6, 1e9])
    expected = [2 * stats.t.sf(statistic, degrees) for statistic, degrees in rows]
    reach = "student_reach('statistic', 'degrees')"
    tail = f"student_tail({reach}, 'degrees', student_rest({reach}, 'degrees'), "
    tail += "student_rest('0e0', 'degrees'))"
    assert evaluated(tail, rows) == pytest.approx(expected, rel=1e-11, abs=1e-300)


def test_a_reach_turns_back_into_its_statistic():
    rows = grid([0, 0.01, 1.96, 12, 90], [1, 2.75, 57, 1e5])
    found = evaluated("student_statistic(student_reach('statistic', 'degrees'), 'degrees')", rows)
    assert found == pytest.approx([statistic for statistic, _ in rows], rel=1e-12)
