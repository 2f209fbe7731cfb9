"""Which identifiers are a person's, as the last run has stitched them.

An address that another customer gives too, or a device that several people use, is not theirs
alone: of such only the rows count that the warehouse has given to them.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import duckdb

from journey.core import database
from journey.core.errors import ConfigurationError, DataError
from journey.core.settings import KINDS, Settings
from journey.core.sql import files, text, texts
from journey.ingest import raw_layer, tombstones
from journey.ingest.contracts import DEVICE, HASHED_ADDRESS, read_contract
from journey.ingest.session import Session

FORMS = ("customer_id", "email", "device")


@dataclass(frozen=True)
class Asked:
    """One person as they are named by those who ask: by one identifier."""

    form: str
    value: str


@dataclass
class People:
    """Identifiers of one or more people, by the sorts of `tombstones`."""

    identifiers: dict[str, set[str]] = field(default_factory=dict)
    person_ids: set[str] = field(default_factory=set)

    def add(self, sort: str, values: Iterable[str]) -> None:
        self.identifiers.setdefault(sort, set()).update(value for value in values if value)

    def of(self, sort: str) -> set[str]:
        return self.identifiers.get(sort, set())

    @property
    def conditions(self) -> Mapping[str, str]:
        """SQL on `{value}`, as `tombstones.is_of` takes it."""
        return {
            sort: f"({{value}} in ({texts(sorted(values)).replace('{', '{{').replace('}', '}}')}))"
            for sort, values in self.identifiers.items()
            if values
        }

    def as_dict(self) -> dict[str, Any]:
        return {
            "identifiers": {sort: sorted(values) for sort, values in self.identifiers.items()},
            "person_ids": sorted(self.person_ids),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "People":
        return cls(
            {sort: set(values) for sort, values in content["identifiers"].items()},
            set(content["person_ids"]),
        )


def find(settings: Settings, asked: Sequence[Asked]) -> People:
    """All identifiers of those who are asked for.

    Raises DataError where there is no warehouse that could say, and ConfigurationError where a
    device is several people's.
    """
    people = People()
    with closing(Session(settings)) as connection:
        _attach(settings, connection)
        _gather_evidence(settings, connection)
        for one in asked:
            _add(connection, people, one)
        _add_rows(connection, people)
    return people


def _attach(settings: Settings, connection: Session) -> None:
    """Let the connection read whose which address and device is."""
    try:
        connection.execute(f"attach {text(settings.warehouse_path)} as warehouse (read_only)")
        connection.execute("select 1 from warehouse.marts.touchpoints limit 1")
        connection.execute("select 1 from warehouse.intermediate.int_devices_identified limit 1")
    except duckdb.Error:
        raise DataError(
            f"{settings.warehouse_path}: no run has built this warehouse to its end, so it does "
            "not say which identifiers are one person's; run `journey run --full-rebuild`, and ask "
            "again"
        ) from None


def _gather_evidence(settings: Settings, connection: Session) -> None:
    """Make `evidence`: which customers, addresses and devices are named together."""
    connection.execute(
        "create temp table evidence (customer_id varchar, email_key varchar, anonymous_id varchar)"
    )
    columns = (tombstones.CUSTOMER, tombstones.ADDRESS, DEVICE)
    for kind in KINDS:
        names = [column for column in columns if column in read_contract(kind).names]
        stored = raw_layer.raw_files(settings, kind)
        if len(names) > 1 and stored:
            connection.execute(
                f"""insert into evidence by name select distinct {", ".join(names)}
                from read_parquet([{files(stored)}], union_by_name = true)"""
            )


def _add(connection: Session, people: People, asked: Asked) -> None:
    person_ids = _person_ids(connection, people, asked)
    people.person_ids |= person_ids
    customers = {one.removeprefix("cust:") for one in person_ids if one.startswith("cust:")}
    people.add(tombstones.CUSTOMER, customers)
    owned = _column(
        connection,
        "select distinct email_key from evidence where email_key is not null and customer_id in"
        " (select unnest($known))",
        customers,
    )
    people.add(tombstones.ADDRESS, owned - _claimed_by_others(connection, owned, customers))
    people.add(
        tombstones.ADDRESS, {p.removeprefix("email:") for p in person_ids if p.startswith("email:")}
    )
    people.add(DEVICE, {p.removeprefix("anon:") for p in person_ids if p.startswith("anon:")})
    people.add(
        DEVICE,
        _column(
            connection,
            """select anonymous_id from warehouse.intermediate.int_devices_identified
            group by anonymous_id
            having bool_and(coalesce(person_id, '') in (select unnest($known)))""",
            person_ids,
        ),
    )


def _person_ids(connection: Session, people: People, asked: Asked) -> set[str]:
    if asked.form == "customer_id":
        return {f"cust:{asked.value}"}
    if asked.form == "email":
        (key,) = connection.execute("select key_of_address($1)", [asked.value]).fetchone() or [None]
        if key is None:
            raise ConfigurationError("one of the addresses given is none; write it as name@domain")
        (plain_hash,) = connection.execute(
            "select sha256(plain_address($1))", [asked.value]
        ).fetchone() or [None]
        people.add(DEVICE, {f"{HASHED_ADDRESS}:{plain_hash}"})
        owner = connection.execute(
            "select customer_id from warehouse.intermediate.int_emails_owned where email_key = $1",
            [key],
        ).fetchone()
        if owner is None:
            return {f"email:{key}"}
        return {f"cust:{owner[0]}"}
    found = _column(
        connection,
        """select distinct person_id from warehouse.intermediate.int_devices_identified
        where anonymous_id in (select unnest($known))""",
        {asked.value},
    )
    if len(found) > 1:
        raise ConfigurationError(
            "a device that was given is used by several people; name the person by their customer "
            "id or address"
        )
    return found or {f"anon:{asked.value}"}


def _claimed_by_others(connection: Session, owned: set[str], customers: set[str]) -> set[str]:
    others = connection.execute(
        """select distinct email_key from evidence
        where email_key in (select unnest($owned)) and customer_id is not null
            and customer_id not in (select unnest($customers))""",
        {"owned": sorted(owned), "customers": sorted(customers)},
    ).fetchall()
    return {key for (key,) in others}


def _add_rows(connection: Session, people: People) -> None:
    """The rows and orders that are theirs, though no identifier that is theirs alone says so."""
    known = people.person_ids
    for kind in KINDS:
        values = _column(
            connection,
            f"""select substr(touchpoint_id, {len(kind) + 2})
            from warehouse.marts.touchpoints
            where person_id in (select unnest($known))
                and starts_with(touchpoint_id, {text(f"{kind}:")})""",
            known,
        )
        if kind != "referrals":  # of two people: the ids in them decide
            people.add(tombstones.of_rows(kind), values)
    people.add(
        tombstones.ORDER,
        _column(
            connection,
            "select distinct order_id from warehouse.marts.orders where order_id is not null"
            " and person_id in (select unnest($known))",
            known,
        ),
    )


def _column(connection: database.Connection, query: str, known: set[str]) -> set[str]:
    found = connection.execute(query, {"known": sorted(known)}).fetchall()
    return {value for (value,) in found if value is not None}
