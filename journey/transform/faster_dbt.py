"""What dbt does for every node or file, done at less cost; the results are those of dbt.

Each stands for a function of dbt that a run of few rows spends most of its time in.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import agate
from dbt.artifacts.schemas import base
from dbt.artifacts.schemas.run.v5 import run
from dbt.context.configured import ConfiguredContext
from dbt.context.macro_resolver import TestMacroNamespace
from dbt.context.manifest import ManifestContext
from dbt_common.clients import agate_helper, system
from dbt_common.utils.encoding import JSONEncoder

_build_type_tester = agate_helper.build_type_tester
_to_dict = ManifestContext.to_dict


def install() -> None:
    """Let dbt use these in this process."""
    base.write_json = write_json
    run.write_json = write_json
    ManifestContext.to_dict = to_dict  # type: ignore[method-assign]
    agate_helper.build_type_tester = build_type_tester  # type: ignore[assignment]


def write_json(path: str, data: dict[str, Any]) -> bool:
    """An artifact, encoded at once by the encoder in C; dbt's own encodes it piece by piece."""
    return bool(system.write_file(path, json.dumps(data, cls=JSONEncoder)))


def to_dict(context: ManifestContext) -> dict[str, Any]:
    """What a template is rendered with: every macro by its name, a project's own before dbt's.

    dbt's own asks all namespaces for each of its hundreds of macros, twice for every node.
    """
    if isinstance(context.namespace, TestMacroNamespace):
        return dict(_to_dict(context))  # type: ignore[no-untyped-call]
    found = ConfiguredContext.to_dict(context)
    for namespace in reversed(list(context.namespace._search_order())):
        found.update(namespace)
    return found


def build_type_tester(
    text_columns: Iterable[str], string_null_values: Iterable[str] = ("null", "")
) -> agate.TypeTester:
    """What finds the types of a query's answer; it keeps nothing, so that one serves all alike."""
    return _type_tester(frozenset(text_columns), tuple(string_null_values))


@cache
def _type_tester(
    text_columns: frozenset[str], string_null_values: tuple[str, ...]
) -> agate.TypeTester:
    return _build_type_tester(text_columns, string_null_values)
