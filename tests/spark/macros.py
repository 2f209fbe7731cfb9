"""Macros of the dbt project as dbt renders them for an engine, without dbt."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import jinja2

from tests.conftest import REPO

FOLDERS = ("cross_db", "spark")
# dbt's own macros: the same for both engines, or DuckDB's where Spark's are ours.
SAME = {
    "type_string": lambda: "string",
    "type_int": lambda: "int",
    "type_timestamp": lambda: "timestamp",
    "date_trunc": lambda part, date: f"date_trunc('{part}', {date})",
}
OF_DUCKDB = {
    "dateadd": lambda part, number, date: f"date_add({date}, interval ({number}) {part})",
    "datediff": lambda first, second, part: f"date_diff('{part}', {first}, {second})",
    "listagg": lambda measure, delimiter, order: f"string_agg({measure}, {delimiter} {order})",
    "split_part": lambda text, delimiter, number: f"split_part({text}, {delimiter}, {number})",
}


def render(engine: str, template: str) -> str:
    """A text with calls of macros, for `duckdb` or `spark`."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701
    own = {name: _of_engine(engine, name) for name in OF_DUCKDB}
    environment.globals |= {
        "adapter": SimpleNamespace(dispatch=_dispatch(engine)),
        "dbt": SimpleNamespace(**SAME, **own),
    }
    return environment.from_string(_definitions() + template).render().strip()


def _dispatch(engine: str) -> Callable[..., Any]:
    """dbt's: the macro of the engine, else the default one."""

    @jinja2.pass_context
    def dispatch(context: Any, name: str, package: str | None = None) -> Any:
        return context.get(f"{engine}__{name}") or context[f"default__{name}"]

    return dispatch


def _of_engine(engine: str, name: str) -> Callable[..., Any]:
    @jinja2.pass_context
    def call(context: Any, *given: Any) -> Any:
        return (OF_DUCKDB[name] if engine == "duckdb" else context[f"spark__{name}"])(*given)

    return call


@cache
def _definitions() -> str:
    """Every macro file but those of what dbt alone can do: looking at its graph, running SQL."""
    folders = [REPO / "dbt_project" / "macros" / name for name in FOLDERS]
    files = sorted(path for folder in folders for path in folder.glob("*.sql"))
    texts = (path.read_text(encoding="utf-8") for path in files)
    return "".join(text for text in texts if "do run_query" not in text and "{%- call" not in text)
