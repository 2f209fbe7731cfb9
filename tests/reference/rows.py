"""The raw rows, one dataclass per kind, in the order of the raw contract.

Only shape belongs here (columns, key, instant, lineage); what rows mean is in the other modules.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar


@dataclass(slots=True, kw_only=True)
class Row:
    """What every raw row carries about its delivery."""

    kind: ClassVar[str]
    key_columns: ClassVar[tuple[str, ...]]
    instant_column: ClassVar[str]

    source: str = "shop"
    delivered_on: date | None = None
    file_name: str = "landing/file"
    file_row: int = 1
    load_id: int = 1
    is_restatement: bool = False

    @property
    def key(self) -> str:
        return "|".join(str(getattr(self, column)) for column in self.key_columns)

    @property
    def instant(self) -> datetime:
        return getattr(self, self.instant_column)

    @property
    def touchpoint_id(self) -> str:
        return f"{self.kind}:{self.source}:{self.key}"


@dataclass(slots=True, kw_only=True)
class WebEvent(Row):
    kind: ClassVar[str] = "web_events"
    key_columns: ClassVar[tuple[str, ...]] = ("event_id",)
    instant_column: ClassVar[str] = "occurred_at"

    event_id: str
    occurred_at: datetime
    received_at: datetime | None = None
    anonymous_id: str | None = None
    customer_id: str | None = None
    email_key: str | None = None
    event_name: str = "page_view"
    page_url: str | None = None
    page_path: str | None = None
    referrer: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    click_id: str | None = None
    device: str | None = None
    country: str | None = None
    user_agent: str | None = None
    order_id: str | None = None
    revenue: Decimal | None = None
    currency: str | None = None
    experiment: str | None = None
    variant: str | None = None
    properties: str | None = None


@dataclass(slots=True, kw_only=True)
class EmailEvent(Row):
    kind: ClassVar[str] = "email_events"
    key_columns: ClassVar[tuple[str, ...]] = ("event_id",)
    instant_column: ClassVar[str] = "occurred_at"

    event_id: str
    occurred_at: datetime
    email_key: str | None = None
    customer_id: str | None = None
    anonymous_id: str | None = None
    event_name: str = "sent"
    campaign: str | None = None
    url: str | None = None
    user_agent: str | None = None
    is_machine: bool | None = None
    experiment: str | None = None
    variant: str | None = None


@dataclass(slots=True, kw_only=True)
class Order(Row):
    kind: ClassVar[str] = "orders"
    key_columns: ClassVar[tuple[str, ...]] = ("order_id",)
    instant_column: ClassVar[str] = "ordered_at"

    order_id: str
    ordered_at: datetime
    customer_id: str | None = None
    email_key: str | None = None
    anonymous_id: str | None = None
    status: str | None = None
    net_amount: Decimal = Decimal(0)
    total_amount: Decimal | None = None
    discount_amount: Decimal | None = None
    tax_amount: Decimal | None = None
    shipping_amount: Decimal | None = None
    currency: str = "GBP"
    coupon: str | None = None
    channel_hint: str | None = None
    cancelled_at: datetime | None = None
    is_test: bool | None = None


@dataclass(slots=True, kw_only=True)
class Refund(Row):
    kind: ClassVar[str] = "refunds"
    key_columns: ClassVar[tuple[str, ...]] = ("refund_id",)
    instant_column: ClassVar[str] = "refunded_at"

    refund_id: str
    order_id: str
    refunded_at: datetime
    amount: Decimal
    net_amount: Decimal | None = None
    currency: str | None = None


@dataclass(slots=True, kw_only=True)
class Feedback(Row):
    # "kind" is also a column of this contract: nps, csat or review. The attribute is `form`.
    kind: ClassVar[str] = "feedback"
    key_columns: ClassVar[tuple[str, ...]] = ("feedback_id",)
    instant_column: ClassVar[str] = "occurred_at"

    feedback_id: str
    occurred_at: datetime
    form: str
    score: int
    customer_id: str | None = None
    email_key: str | None = None
    anonymous_id: str | None = None
    order_id: str | None = None
    topic: str | None = None


@dataclass(slots=True, kw_only=True)
class Referral(Row):
    kind: ClassVar[str] = "referrals"
    key_columns: ClassVar[tuple[str, ...]] = ("referral_id",)
    instant_column: ClassVar[str] = "occurred_at"

    referral_id: str
    occurred_at: datetime
    referrer_customer_id: str
    referred_email_key: str | None = None
    referred_customer_id: str | None = None


@dataclass(slots=True, kw_only=True)
class SupportTicket(Row):
    kind: ClassVar[str] = "support_tickets"
    key_columns: ClassVar[tuple[str, ...]] = ("ticket_id",)
    instant_column: ClassVar[str] = "opened_at"

    ticket_id: str
    opened_at: datetime
    closed_at: datetime | None = None
    customer_id: str | None = None
    email_key: str | None = None
    topic: str | None = None
    channel: str | None = None


@dataclass(slots=True, kw_only=True)
class Interaction(Row):
    kind: ClassVar[str] = "interactions"
    key_columns: ClassVar[tuple[str, ...]] = ("interaction_id",)
    instant_column: ClassVar[str] = "occurred_at"

    interaction_id: str
    occurred_at: datetime
    channel: str
    event_name: str
    direction: str
    campaign: str | None = None
    topic: str | None = None
    outcome: str | None = None
    customer_id: str | None = None
    email_key: str | None = None
    anonymous_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Customer(Row):
    kind: ClassVar[str] = "customers"
    key_columns: ClassVar[tuple[str, ...]] = ("customer_id",)
    instant_column: ClassVar[str] = "updated_at"

    customer_id: str
    updated_at: datetime
    email_key: str | None = None
    created_at: datetime | None = None
    country: str | None = None
    birth_year: int | None = None
    attributes: str | None = None
    marketing_consent: bool | None = None


@dataclass(slots=True, kw_only=True)
class AdSpend(Row):
    kind: ClassVar[str] = "ad_spend"
    key_columns: ClassVar[tuple[str, ...]] = ("spend_date", "channel", "campaign")
    instant_column: ClassVar[str] = "spend_date"

    spend_date: date
    channel: str
    amount: Decimal
    currency: str
    campaign: str | None = None
    impressions: int | None = None
    clicks: int | None = None


KINDS: dict[str, type[Row]] = {
    row.kind: row
    for row in (
        WebEvent,
        EmailEvent,
        Order,
        Refund,
        Feedback,
        Referral,
        SupportTicket,
        Interaction,
        Customer,
        AdSpend,
    )
}

LINEAGE = tuple(field.name for field in fields(Row))

# The attribute of a column where the two names differ.
ATTRIBUTES = {("feedback", "kind"): "form"}


def contract_columns(kind: str) -> list[tuple[str, str, object]]:
    """(column, attribute, type) of a kind, contract columns first, then the lineage."""
    renamed = {attribute: column for (of, column), attribute in ATTRIBUTES.items() if of == kind}
    all_fields = {field.name: field for field in fields(KINDS[kind])}
    contract = [name for name in all_fields if name not in LINEAGE]
    return [
        (renamed.get(name, name), name, all_fields[name].type) for name in [*contract, *LINEAGE]
    ]


Raw = dict[str, list[Row]]


def delivered(row: Row) -> Row:
    """The row as delivered on its own day."""
    row.delivered_on = row.instant if type(row.instant) is date else row.instant.date()
    return row


def gathered(rows: list[Row]) -> Raw:
    """Rows of any kinds, by kind; every kind is there, also without rows."""
    raw: Raw = {kind: [] for kind in KINDS}
    for row in rows:
        raw[row.kind].append(row)
    return raw
