"""The formats that sources may name: one SQL file per tool, plus `canonical` and `mapped`.

`formats/<kind>/<tool>.sql` begins with a comment of YAML that says how the tool's files are read:

    reads      containers the tool delivers: json, parquet, csv
    columns    what to take from each record, as a structure of types (nested like the record)
    required   columns without which a Parquet or CSV file is not this tool's export
    records    members under which a JSON document lists its records, such as `orders`
    rows       `each`: one row a record (the default); `several`: none, one or more, of which
               nothing can count apart from the SQL how many they must be
    where      which records `delivered` has, in SQL over the columns; all, where it is not said.
               The others (lines of a total, parts of another record) are read and give nothing
    group_by   columns: the records that agree in them make one row, which the SQL puts together.
               One that cannot be read costs the others of its row
    fields     of text files without a header: their fields in order, parted by tabs and never
               quoted
    known_by   alternatives, each a list of members that together only this tool's records have:
               by them `journey init` knows whose export a file is
    tables     the tables that the SQL joins, each with the `columns` and `required` of its files;
               a source names their paths in `tables`
    payments   true where its orders are payments, of orders that a shop's own export has too

A tool that exports what another does has a file with nothing but such a comment, which says
`same_as` and the name of the other's format.

The SQL below it selects from `delivered` (those columns, and `_file`, `_row`) the contract's
columns under their names, in any type that the contract can cast; addresses plainly as `email`.
It passes `_file` and `_row` through. A tool without ids of its own gives `key_hash`, a hash of
what identifies the row. Nothing is registered: a file in the folder is a format. A team keeps its
own in `formats/<kind>/` beside its settings, where one replaces the shipped format of its name.
"""

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from journey.core.errors import ConfigurationError
from journey.core.resources import own_or_shipped
from journey.core.settings import Source

FORMATS_DIR = Path(__file__).parent / "formats"
GENERIC = ("canonical", "mapped")
CONTAINERS = ("json", "parquet", "csv")
KEYS = {
    *("reads", "columns", "required", "records", "rows", "where", "group_by", "fields"),
    *("known_by", "payments", "tables"),
}


@dataclass(frozen=True)
class Table:
    """What is read of the files of a table that a format joins; all of it where it says nothing."""

    columns: dict[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()


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
    where: str | None = None
    group_by: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    known_by: tuple[tuple[str, ...], ...] = ()
    payments: bool = False
    tables: dict[str, Table] = field(default_factory=dict)
    body: str | None = None
    same_as: str | None = None  # only of a file that says so, never of what `read_format` gives

    @property
    def is_row_by_row(self) -> bool:
        """Whether each record gives exactly one row, so that both can be counted against."""
        return self.rows == "each"


def known_formats(kind: str, own: Path | None = None) -> tuple[str, ...]:
    """Names that `format` may have for a source of this kind; `own` has a team's own formats."""
    return (*sorted(_files(kind, own)), *GENERIC)


def own_formats_dir(own_dir: Path | None) -> Path | None:
    """Where a team keeps its own formats: `own_dir` is the folder of its settings file."""
    return own_dir / "formats" if own_dir else None


def format_of(source: Source) -> Format:
    """The format of a source. Raises ConfigurationError listing those there are."""
    return read_format(source.kind, source.format, own_formats_dir(source.own_dir))


def format_files(source: Source) -> list[Path]:
    """The files that make the format of a source; none of the generic ones."""
    files = _files(source.kind, own_formats_dir(source.own_dir))
    if source.format not in files:
        return []
    format = _read_file(source.kind, source.format, files[source.format])
    names = [source.format, format.same_as]
    return [files[name] for name in names if name in files]


def read_format(kind: str, name: str, own: Path | None = None) -> Format:
    """The format `name` of `kind`. Raises ConfigurationError listing those there are."""
    if name in GENERIC:
        return Format(kind=kind, name=name, reads=CONTAINERS, columns={})
    files = _files(kind, own)
    if name not in files:
        raise ConfigurationError(
            f"format '{name}' is unknown for {kind}; it is one of "
            f"{', '.join(known_formats(kind, own))}, or a new file formats/{kind}/{name}.sql "
            "beside the settings"
        )
    format = _read_file(kind, name, files[name])
    if not format.same_as:
        return format
    if format.same_as not in files:
        raise ConfigurationError(
            f"{files[name]}: it is the same as '{format.same_as}', which is no format of {kind}; "
            f"these are: {', '.join(sorted(files))}"
        )
    other = _read_file(kind, format.same_as, files[format.same_as])
    if other.same_as:
        raise ConfigurationError(
            f"{files[name]}: it is the same as '{format.same_as}', which is itself the same as "
            f"'{other.same_as}'; name that one"
        )
    return replace(other, name=name, known_by=format.known_by)


def _files(kind: str, own: Path | None) -> dict[str, Path]:
    """The file of every tool's format by its name; a team's own replaces a shipped one."""
    shipped = FORMATS_DIR / kind
    files = own_or_shipped(shipped, own / kind if own else shipped, "*.sql")
    return {path.stem: path for path in files.values() if path.stem not in GENERIC}


def _read_file(kind: str, name: str, path: Path) -> Format:
    found = path.stat()
    return _read(kind, name, path, found.st_mtime_ns, found.st_size)


@cache
def _read(kind: str, name: str, path: Path, _written: int, _size: int) -> Format:
    """Once for each content, known by time and size."""
    head, body = _split(path)
    known_by = tuple(tuple(map(str, members)) for members in head.get("known_by", ()))
    if "same_as" in head:
        return Format(
            kind=kind,
            name=name,
            reads=(),
            columns={},
            known_by=known_by,
            same_as=head["same_as"],
        )
    return Format(
        kind=kind,
        name=name,
        reads=tuple(head["reads"]),
        columns=head["columns"],
        required=tuple(head.get("required", ())),
        records=tuple(head.get("records", ())),
        rows=head.get("rows", "each"),
        where=head.get("where"),
        group_by=tuple(head.get("group_by", ())),
        fields=tuple(head.get("fields", ())),
        known_by=known_by,
        payments=bool(head.get("payments", False)),
        tables={
            table: Table(given["columns"], tuple(given.get("required", ())))
            for table, given in head.get("tables", {}).items()
        },
        body=body,
    )


def _split(path: Path) -> tuple[dict[str, Any], str]:
    """The head and the query of a format, or what is wrong with the file."""
    try:
        comment, end, body = path.read_text(encoding="utf-8").removeprefix("/*").partition("*/")
        head = yaml.safe_load(comment) if end else None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path}: its first comment is not YAML ({' '.join(str(error).split())}); fix it"
        ) from None
    body = body.strip().rstrip(";")
    problem = _problem_of(head) or _problem_of_body(head or {}, body)
    if problem or head is None:
        raise ConfigurationError(f"{path}: {problem}; see {FORMATS_DIR} for examples")
    return head, body


def _problem_of_body(head: dict[str, Any], body: str) -> str | None:
    if "same_as" in head and body:
        return "it has SQL of its own, and its first comment says `same_as`; take one of them out"
    return None


def _problem_of(head: object) -> str | None:
    if not isinstance(head, dict):
        return "a format begins with a comment /* ... */ of YAML that says how files are read"
    if "same_as" in head:
        is_alone = set(head) <= {"same_as", "known_by"} and isinstance(head["same_as"], str)
        if is_alone:
            return _problem_of_known(head)
        return "`same_as` is the name of a format, and stands alone, or beside `known_by`"
    missing = [key for key in ("reads", "columns") if not head.get(key)]
    if missing:
        return f"its first comment does not say {' and '.join(missing)}"
    unknown = set(head) - KEYS
    if unknown:
        return f"its first comment says '{min(map(str, unknown))}', which is no part of a format"
    if not (isinstance(head["reads"], list) and set(head["reads"]) <= set(CONTAINERS)):
        return f"`reads` is a list of {', '.join(CONTAINERS)}"
    if not isinstance(head["columns"], dict):
        return "`columns` gives each column that is taken from a record its type"
    if head.get("rows", "each") not in ("each", "several"):
        return "`rows` is each or several"
    if not isinstance(head.get("where", ""), str):
        return "`where` is a condition in SQL"
    group_by = head.get("group_by", [])
    names = head["columns"]
    if not (isinstance(group_by, list) and all(f"{key}" in names for key in group_by)):
        return "`group_by` is a list of names in `columns`"
    fields = head.get("fields", [])
    if not (isinstance(fields, list) and all(isinstance(field, str) for field in fields)):
        return "`fields` is a list of names"
    tables = head.get("tables", {})
    if not (isinstance(tables, dict) and all(_is_table(given) for given in tables.values())):
        return "`tables` gives each table that is joined its `columns`, and those `required`"
    return _problem_of_known(head)


def _is_table(given: object) -> bool:
    return (
        isinstance(given, dict)
        and set(given) <= {"columns", "required"}
        and isinstance(given.get("columns"), dict)
        and isinstance(given.get("required", []), list)
    )


def _problem_of_known(head: dict[str, Any]) -> str | None:
    known_by = head.get("known_by", [])
    if not (isinstance(known_by, list) and all(isinstance(m, list) and m for m in known_by)):
        return "`known_by` is a list of lists of members, such as [[sg_event_id], [sg_message_id]]"
    return None


def sql_type(structure: Any) -> str:
    """A structure of types as a SQL type: mappings are structs, one-element lists are lists."""
    if isinstance(structure, dict):
        members = ", ".join(f'"{name}" {sql_type(inner)}' for name, inner in structure.items())
        return f"struct({members})"
    if isinstance(structure, list):
        return f"{sql_type(structure[0])}[]"
    return str(structure)
