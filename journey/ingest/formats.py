"""The formats that sources may name: one SQL file per tool, plus `canonical` and `mapped`.

`formats/<kind>/<tool>.sql` begins with a comment of YAML that says how the tool's files are read:

    reads      containers the tool delivers: json, parquet, csv
    columns    what to take from each record, as a structure of types (nested like the record)
    required   columns without which a Parquet or CSV file is not this tool's export
    records    members under which a JSON document lists its records, such as `orders`
    rows       `each`: one row a record (the default); `several`: none, one or more

The SQL below it selects from `delivered` (those columns, and `_file`, `_row`) the contract's
columns under their names, in any type that the contract can cast; addresses plainly as `email`.
It passes `_file` and `_row` through. A tool without ids of its own gives `key_hash`, a hash of
what identifies the row. Nothing is registered: a file in the folder is a format.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from journey.core.errors import ConfigurationError

FORMATS_DIR = Path(__file__).parent / "formats"
GENERIC = ("canonical", "mapped")
CONTAINERS = ("json", "parquet", "csv")


@dataclass(frozen=True)
class Format:
    """How one tool's files of one kind are read. `body` is None for the generic formats."""

    kind: str
    name: str
    reads: tuple[str, ...]
    columns: dict[str, Any]
    required: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    rows: str = "each"
    body: str | None = None

    @property
    def is_row_by_row(self) -> bool:
        """Whether each record gives exactly one row, so that both can be counted against."""
        return self.rows == "each"


def known_formats(kind: str) -> tuple[str, ...]:
    """Names that `format` may have for a source of this kind."""
    tools = sorted(path.stem for path in (FORMATS_DIR / kind).glob("*.sql"))
    return (*tools, *GENERIC)


@cache
def read_format(kind: str, name: str) -> Format:
    """The format `name` of `kind`. Raises ConfigurationError listing those there are."""
    if name not in known_formats(kind):
        raise ConfigurationError(
            f"format '{name}' is unknown for {kind}; it is one of "
            f"{', '.join(known_formats(kind))}, or a new file formats/{kind}/{name}.sql"
        )
    if name in GENERIC:
        return Format(kind=kind, name=name, reads=CONTAINERS, columns={}, rows="several")
    head, body = _split((FORMATS_DIR / kind / f"{name}.sql").read_text(encoding="utf-8"))
    return Format(
        kind=kind,
        name=name,
        reads=tuple(head["reads"]),
        columns=head["columns"],
        required=tuple(head.get("required", ())),
        records=tuple(head.get("records", ())),
        rows=head.get("rows", "each"),
        body=body,
    )


def _split(text: str) -> tuple[dict[str, Any], str]:
    head, body = text.removeprefix("/*").split("*/", 1)
    return yaml.safe_load(head), body.strip().rstrip(";")


def sql_type(structure: Any) -> str:
    """A structure of types as a SQL type: mappings are structs, one-element lists are lists."""
    if isinstance(structure, dict):
        members = ", ".join(f'"{name}" {sql_type(inner)}' for name, inner in structure.items())
        return f"struct({members})"
    if isinstance(structure, list):
        return f"{sql_type(structure[0])}[]"
    return str(structure)
