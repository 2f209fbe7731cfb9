"""The raw contracts as values: `contracts/<kind>.yml` read once.

A contract says which columns a kind has, of which type, what must hold for a row, and so which
reason a row goes to quarantine with. Turning that into SQL is `conforming`'s; judging whether
what arrived is plausible is `expectations/raw/`'s.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTRACTS_DIR = Path(__file__).parent / "contracts"

SQL_TYPES = {
    "text": "varchar",
    "timestamp": "timestamp",
    "date": "date",
    "decimal": "decimal(18, 2)",
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "bigint",
    "json": "varchar",
    "email_key": "varchar",
}

DEVICE = "anonymous_id"
# An address that a tool has hashed already: no key of ours, and so an identifier of its own kind.
HASHED_ADDRESS = "email_sha256"

NAMES_OF_PEOPLE_AND_ORDERS = ("customer_id", "anonymous_id", "order_id")

LINEAGE = {
    "source": "varchar",
    "delivered_on": "date",
    "file_name": "varchar",
    "file_row": "bigint",
    "load_id": "bigint",
    "is_restatement": "boolean",
}


@dataclass(frozen=True)
class Column:
    """One column of a kind."""

    name: str
    type: str
    description: str
    required: bool = False
    values: tuple[str, ...] = ()
    pattern: str | None = None
    pattern_name: str | None = None
    default: Any = None
    case: str | None = None
    is_open_to_tools: bool = False  # tools have words of their own, which are kept as they are

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]

    @property
    def address_name(self) -> str | None:
        """The name under which a source may deliver the plain address; None where it may not."""
        return self.name.removesuffix("_key") if self.type == "email_key" else None

    @property
    def is_identifier(self) -> bool:
        """Whether its values identify things, so that they must never be blurred."""
        return self.name.endswith("_id")

    @property
    def has_fillers(self) -> bool:
        """Whether tools write filler words in it: for people and orders that they do not know.

        The key of another fact is always known: 0 is the first event of an export that counts so.
        """
        return self.name.endswith(NAMES_OF_PEOPLE_AND_ORDERS)


@dataclass(frozen=True)
class OneOf:
    """At least one of these columns must be given."""

    reason: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A row for which the SQL condition `breaks` is true goes to quarantine."""

    reason: str
    column: str
    breaks: str


@dataclass(frozen=True)
class Contract:
    """All that is asked of one kind."""

    kind: str
    description: str
    key: tuple[str, ...]
    instant: str
    columns: tuple[Column, ...]
    one_of: tuple[OneOf, ...]
    rules: tuple[Rule, ...]
    is_key_told: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def delivered_names(self) -> tuple[str, ...]:
        """Names that a source may deliver: the columns, and plain and hashed addresses."""
        hashed = (HASHED_ADDRESS,) if DEVICE in self.names else ()
        return (*self.names, *self.address_names, *hashed)

    @property
    def address_names(self) -> tuple[str, ...]:
        """Names under which plain addresses may be delivered."""
        return tuple(c.address_name for c in self.columns if c.address_name)

    @property
    def is_key_made(self) -> bool:
        """Whether a row without a key is given one: its file and line say which fact it is."""
        return len(self.key) == 1 and not self.is_key_told

    @property
    def required_names(self) -> tuple[str, ...]:
        """Columns that every source must deliver; a missing key is made from file and line."""
        return tuple(
            c.name
            for c in self.columns
            if c.required and not (self.is_key_made and c.name in self.key)
        )

    def meets(self, rule: OneOf, given: Collection[str]) -> bool:
        """Whether one of the columns that a rule asks for is delivered, under whichever name."""
        return any(
            {name, self.column(name).address_name} & set(given)
            or (name == DEVICE and HASHED_ADDRESS in given)
            for name in rule.columns
        )

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@cache
def read_contract(kind: str) -> Contract:
    """The contract of `kind`."""
    given = yaml.safe_load((CONTRACTS_DIR / f"{kind}.yml").read_text(encoding="utf-8"))
    return Contract(
        kind=kind,
        description=given["description"].strip(),
        key=tuple(given["key"]),
        instant=given["instant"],
        columns=tuple(_column(name, asked) for name, asked in given["columns"].items()),
        one_of=tuple(
            OneOf(rule["reason"], tuple(rule["columns"])) for rule in given.get("one_of", ())
        ),
        rules=tuple(Rule(**rule) for rule in given.get("rules", ())),
        is_key_told=given.get("is_key_told", False),
    )


def _column(name: str, asked: dict[str, Any]) -> Column:
    return Column(name=name, **{**asked, "values": tuple(asked.get("values", ()))})
