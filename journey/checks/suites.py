"""Reading `expectations/<layer>/<table>.yml`: which tables have a suite, and is it well written.

Only the shape of the files is judged here, without Great Expectations, so that a mistake in one is
a configuration error that names the file. What an expectation means is Great Expectations' affair.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from journey.core.errors import ConfigurationError
from journey.core.resources import resource

SUITES_DIR = resource("expectations")
PARAMETERS = "parameters.yml"
SEVERITIES = ("critical", "warning")
# The loader in C is ten times as fast; not every build of the library has it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Suite:
    """What must hold of one table; `content` is what Great Expectations is given, unchanged."""

    layer: str
    table: str
    path: Path
    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The address of the table, in the suite as in DuckDB."""
        return f"{self.layer}.{self.table}"

    @property
    def asset(self) -> str:
        """The same address as the catalogue writes it."""
        return f"{self.layer}/{self.table}"

    @property
    def expectations(self) -> list[dict[str, Any]]:
        return list(self.content["expectations"])

    @property
    def parameters(self) -> set[str]:
        """Names of the values that it takes from elsewhere, as `{$PARAMETER: name}`."""
        return set(_parameters_in(self.expectations))


def suites_of(layer: str, directory: Path = SUITES_DIR) -> dict[str, Suite]:
    """Every suite of a layer by its table; the folder is the register."""
    paths = sorted((directory / layer).glob("*.yml"))
    if not paths:
        raise ConfigurationError(
            f"{directory / layer}: there is no suite here; restore the folder from the repository"
        )
    return {path.stem: read_suite(path) for path in paths}


def read_suite(path: Path) -> Suite:
    """Read one file, or say in one sentence what is wrong with it."""
    content = _content_of(path)
    suite = Suite(path.parent.name, path.stem, path, content if isinstance(content, dict) else {})
    problem = _problem_of(suite)
    if problem:
        raise ConfigurationError(f"{path}: {problem}")
    return suite


def parameters_of(directory: Path = SUITES_DIR) -> dict[str, str]:
    """The SQL of each value that suites of marts name as `{$PARAMETER: name}`, by its name."""
    path = directory / PARAMETERS
    return dict(_content_of(path) or {}) if path.exists() else {}


def check_name_of(description: str) -> str:
    """A sentence as a name: 'Every person has one row' is `every_person_has_one_row`."""
    return re.sub(r"[^a-z0-9]+", "_", description.lower()).strip("_")


def _content_of(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 (both are safe)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"{path}: this is not valid YAML: {reason}; fix it") from None


def _parameters_in(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        if "$PARAMETER" in content:
            yield content["$PARAMETER"]
        content = list(content.values())
    if isinstance(content, list):
        for each in content:
            yield from _parameters_in(each)


def _problem_of(suite: Suite) -> str | None:
    if suite.content.get("name") != suite.name:
        return f"its name must be {suite.name}, as the folder and the file are named"
    expectations = suite.content.get("expectations")
    if not expectations or not isinstance(expectations, list):
        return "it lists no expectations; add at least a number of rows"
    seen: set[str] = set()
    for position, expectation in enumerate(expectations, start=1):
        where = f"expectation {position}"
        description = expectation.get("description")
        if not description:
            return f"{where} has no description; state in a sentence what must hold"
        if expectation.get("severity") not in SEVERITIES:
            return f"{where} ('{description}') must have a severity: {' or '.join(SEVERITIES)}"
        if not expectation.get("meta", {}).get("why"):
            return f"{where} ('{description}') does not say why in meta.why"
        query = expectation.get("kwargs", {}).get("unexpected_rows_query")
        if query is not None and "{batch}" not in query:
            return f"{where} ('{description}') must read {{batch}}, the table it judges"
        name = check_name_of(description)
        if name in seen:
            return f"two expectations are called '{description}'; each needs a sentence of its own"
        seen.add(name)
    return None
