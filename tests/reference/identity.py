"""Who is one person: evidence, the owners of addresses, and whose device it was at an instant."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from .rows import Raw, Row

BY_THEIR_OWN_IDENTIFIERS = (
    "web_events",
    "email_events",
    "orders",
    "feedback",
    "support_tickets",
    "interactions",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A row that carries two of a person's own identifiers."""

    occurred_at: datetime
    kind: str
    source: str
    key: str
    anonymous_id: str | None = None
    customer_id: str | None = None
    email_key: str | None = None

    @property
    def order(self) -> tuple:
        return (self.occurred_at, self.kind, self.source, self.key)

    @property
    def identifiers(self) -> int:
        return sum(
            identifier is not None
            for identifier in (self.anonymous_id, self.customer_id, self.email_key)
        )


@dataclass(frozen=True, slots=True)
class Belonging:
    person_id: str
    basis: str
    latest: str


def collected_evidence(current: Raw, every_version: list[Row], as_of: datetime) -> list[Evidence]:
    """every_version: all delivered rows of `customers`; each version is evidence of its own."""
    evidence = []
    for kind in BY_THEIR_OWN_IDENTIFIERS:
        for row in current[kind]:
            if kind == "orders" and row.is_test:
                continue  # a test order is nothing
            evidence.append(
                Evidence(
                    occurred_at=row.instant,
                    kind=kind,
                    source=row.source,
                    key=row.key,
                    anonymous_id=getattr(row, "anonymous_id", None),
                    customer_id=row.customer_id,
                    email_key=row.email_key,
                )
            )
    for row in current["referrals"]:
        evidence.append(
            Evidence(
                occurred_at=row.occurred_at,
                kind=row.kind,
                source=row.source,
                key=row.key,
                customer_id=row.referred_customer_id,
                email_key=row.referred_email_key,
            )
        )
    for row in every_version:
        occurred_at = row.updated_at if row.created_at is None else row.created_at
        if row.updated_at < as_of and occurred_at < as_of:
            evidence.append(
                Evidence(
                    occurred_at=occurred_at,
                    kind=row.kind,
                    source=row.source,
                    key=row.key,
                    customer_id=row.customer_id,
                    email_key=row.email_key,
                )
            )
    return [piece for piece in evidence if piece.identifiers >= 2]


class Identity:
    """Answers whose an event is. Two customer_ids are never one person."""

    def __init__(self, evidence: list[Evidence], max_people_per_device: int):
        self.owners = owned_addresses(evidence)
        self.shared_devices: dict[str, int] = {}
        self.identifications: dict[str, list[tuple[datetime, str]]] = {}
        for device, pieces in by_device(evidence).items():
            timeline = [
                (piece.occurred_at, self.named_person(piece.customer_id, piece.email_key))
                for piece in sorted(pieces, key=lambda piece: piece.order)
            ]
            if any(person.startswith("cust:") for _, person in timeline):
                # an address that no customer owns counts only while no customer_id ever has
                timeline = [entry for entry in timeline if entry[1].startswith("cust:")]
            people = {person for _, person in timeline}
            if len(people) > max_people_per_device:
                self.shared_devices[device] = len(people)
            else:
                self.identifications[device] = timeline

    def named_person(self, customer_id: str | None, email_key: str | None) -> str:
        """The person of a row that names one itself."""
        if customer_id is not None:
            return f"cust:{customer_id}"
        if email_key in self.owners:
            return f"cust:{self.owners[email_key]}"
        return f"email:{email_key}"

    def belonging(
        self,
        occurred_at: datetime,
        anonymous_id: str | None,
        customer_id: str | None,
        email_key: str | None,
    ) -> Belonging:
        if customer_id is not None or email_key is not None:
            person = self.named_person(customer_id, email_key)
            return Belonging(person, "own_email" if customer_id is None else "own_customer", person)
        timeline = self.identifications.get(anonymous_id)
        if not timeline:
            alone = f"anon:{anonymous_id}"
            return Belonging(alone, "device_only", alone)
        latest = timeline[-1][1]
        before = bisect_right(timeline, occurred_at, key=lambda entry: entry[0])
        if before:
            return Belonging(timeline[before - 1][1], "device_before", latest)
        return Belonging(timeline[0][1], "device_after", latest)


def owned_addresses(evidence: list[Evidence]) -> dict[str, str]:
    """An address belongs to the customer_id that it is first seen with."""
    first: dict[str, tuple[datetime, str]] = {}
    for piece in evidence:
        if piece.email_key is not None and piece.customer_id is not None:
            seen = (piece.occurred_at, piece.customer_id)
            if piece.email_key not in first or seen < first[piece.email_key]:
                first[piece.email_key] = seen
    return {email_key: customer_id for email_key, (_, customer_id) in first.items()}


def by_device(evidence: list[Evidence]) -> dict[str, list[Evidence]]:
    devices: dict[str, list[Evidence]] = defaultdict(list)
    for piece in evidence:
        if piece.anonymous_id is not None:
            devices[piece.anonymous_id].append(piece)
    return devices
