"""What stands for functions of dbt gives what those give, and is what dbt calls.

Fails where an upgrade of dbt changes what they do, or calls others.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from dbt.artifacts.schemas import base
from dbt.artifacts.schemas.run.v5 import run
from dbt.context import macro_resolver
from dbt.context.configured import ConfiguredContext
from dbt.context.macros import MacroNamespace
from dbt.context.manifest import ManifestContext
from dbt_common.clients import agate_helper, system

from journey.transform import faster_dbt

dbts_write_json = system.write_json
dbts_to_dict = ManifestContext.to_dict
dbts_type_tester = agate_helper.build_type_tester


@pytest.fixture(autouse=True)
def faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed for one test."""
    for module in (base, run):
        monkeypatch.setattr(module, "write_json", dbts_write_json)
    monkeypatch.setattr(ManifestContext, "to_dict", dbts_to_dict)
    monkeypatch.setattr(agate_helper, "build_type_tester", dbts_type_tester)
    faster_dbt.install()


@dataclass
class Artifact(base.Writable):
    content: dict[str, Any]

    def to_dict(self, **_: Any) -> dict[str, Any]:
        return self.content


def test_an_artifact_is_the_same_file(tmp_path: Path) -> None:
    content = {
        "text": 'é " \n \u2028',
        "number": [1, 0.1, 1e300, True, None],
        "decimal": Decimal("1.5"),
        "at": datetime(2026, 11, 20, tzinfo=UTC),
        "nested": {"error": ValueError("x"), "artifact": Artifact({"a": 1}), "": {}},
    }
    Artifact(content).write(str(tmp_path / "made" / "faster.json"))
    dbts_write_json(str(tmp_path / "dbt.json"), content)
    assert (tmp_path / "made" / "faster.json").read_bytes() == (tmp_path / "dbt.json").read_bytes()


def test_artifacts_of_builds_are_encoded_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json, "dump", None)  # encodes piece by piece
    Artifact({"a": 1}).write(str(tmp_path / "manifest.json"))
    assert run.write_json is base.write_json is faster_dbt.write_json


class Context(ManifestContext):
    """Of these namespaces and no others."""

    def __init__(self, namespace: MacroNamespace | macro_resolver.TestMacroNamespace) -> None:
        self.namespace = namespace
        self._ctx = {"target": "of the context", "own": "of the context"}


@pytest.fixture
def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConfiguredContext, "to_dict", lambda context: dict(context._ctx))


@pytest.mark.usefixtures("without_settings")
def test_a_macro_is_that_of_the_nearest_package() -> None:
    names: dict[str, Any] = {
        "local_namespace": {"a": "local"},
        "global_namespace": {"a": "root", "b": "root", "own": "root"},
        "packages": {"b": {"of": "packages"}, "c": {"of": "packages"}},
        "global_project_namespace": dict.fromkeys("abcd", "dbt") | {"dbt": "a macro named so"},
    }
    context = Context(MacroNamespace(**names))
    assert context.to_dict() == dbts_to_dict(context)
    found = context.to_dict()
    assert [found[name] for name in ("a", "b", "d", "own", "target")] == [
        *("local", "root", "dbt", "root", "of the context"),
    ]


@pytest.mark.usefixtures("without_settings")
def test_a_test_has_the_macros_that_it_names() -> None:
    namespace = macro_resolver.TestMacroNamespace.__new__(macro_resolver.TestMacroNamespace)
    namespace.local_namespace = {"a": "local", "b": "local"}
    namespace.project_namespace = {"b": "project"}
    context = Context(namespace)
    assert context.to_dict() == dbts_to_dict(context)
    assert context.to_dict()["b"] == "project"


@pytest.mark.parametrize("texts", [[], ["b"], ["a", "b"]])
@pytest.mark.parametrize("nulls", [("null", ""), ()])
def test_answers_have_the_same_types(texts: list[str], nulls: tuple[str, ...]) -> None:
    rows = [["1", "null", "2026-01-01"], ["2", "", "true"]]
    tester = agate_helper.build_type_tester(texts, nulls)
    expected = dbts_type_tester(texts, nulls)
    for _ in range(2):  # the second time, what was made is used again
        found = [type(each) for each in tester.run(rows, ["a", "b", "c"])]
        assert found == [type(each) for each in expected.run(rows, ["a", "b", "c"])]
    assert tester is agate_helper.build_type_tester(reversed(texts), nulls)


def test_answers_of_queries_have_it_tell_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    original = faster_dbt._type_tester

    def noted(*given: Any) -> object:
        asked.append(given)
        return original(*given)

    monkeypatch.setattr(faster_dbt, "_type_tester", noted)
    agate_helper.table_from_data_flat([{"a": "1", "b": 2}], ["a", "b"])
    assert asked == [(frozenset({"a"}), ())]
