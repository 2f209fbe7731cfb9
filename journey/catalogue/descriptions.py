"""What the catalogue says of tables and tests: from dbt's words, laid out for people.

The list of assets shows the first line of a description; the check of a test shows a sentence. No
description is written here: models, seeds and tests bring their own.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

# "One row." alone is the grain of a table of settings.
GRAIN = "One row"
SENTENCES = re.compile(r"(?<=\.)\s+(?=[A-Z])")


def description(text: str) -> str:
    """The first sentence as a line of its own, then the rest, then what one row is."""
    first, *rest = SENTENCES.split(" ".join(text.split()))
    grain = [sentence for sentence in rest if sentence.startswith(GRAIN)]
    others = [sentence for sentence in rest if sentence not in grain]
    return "\n\n".join(" ".join(part) for part in ([first], others, grain) if part)


def check_sentence(test: Mapping[str, Any]) -> str:
    """What a dbt test asks for, in a sentence; `test` is its node in the manifest."""
    description: str | None = test["config"].get("meta", {}).get("description")
    if description:
        return description.rstrip(".") + "."
    if "test_metadata" not in test:
        return str(test["name"]).removeprefix("assert_").replace("_", " ").capitalize() + "."
    kind, given = test["test_metadata"]["name"], test["test_metadata"]["kwargs"]
    column = str(given.get("column_name", "")).strip('"')
    listed = _listed(given.get("columns", ()))
    always = _listed(given.get("never_null", ()))
    allowed = [f"{name} is one of {_listed(of)}" for name, of in given.get("one_of", {}).items()]
    grain = [f"There is one row per {listed}", *([f"always given: {always}"] if always else [])]
    sentences = {
        "one_row_per": "; ".join([*grain, *allowed]) + ".",
        "never_null": f"Always given: {listed}.",
        "unique": f"No two rows have the same {column}.",
        "accepted_values": f"{column} is one of {', '.join(map(str, given.get('values', ())))}.",
        "relationships": f"Every {column} is a {given.get('field')} of {_target(given)}.",
    }
    return sentences.get(kind, f"{kind.replace('_', ' ').capitalize()}: {column or listed}.")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(_plain(name) for name in names)


def _plain(name: str) -> str:
    """A column's name; a reserved word is written as a macro that quotes it."""
    quoted = re.search(r"quote\('(\w+)'\)", name)
    return quoted[1] if quoted else name


def _target(given: Mapping[str, Any]) -> str:
    return re.sub(r".*ref\('(\w+)'\).*", r"\1", str(given.get("to", "")))
