"""One good row of every kind, as a canonical file gives it."""

GOOD: dict[str, dict[str, str]] = {
    "web_events": {
        "event_id": "e1",
        "occurred_at": "2026-02-01T10:00:00Z",
        "anonymous_id": "d1",
        "event_name": "page_view",
        "revenue": "1.50",
        "received_at": "2026-02-01T10:00:01Z",
        "properties": '{"a":1}',
    },
    "email_events": {
        "event_id": "e1",
        "occurred_at": "2026-02-01T10:00:00Z",
        "email": "ada@example.test",
        "event_name": "opened",
        "is_machine": "true",
    },
    "orders": {
        "order_id": "o1",
        "ordered_at": "2026-02-01T10:00:00Z",
        "customer_id": "c1",
        "status": "paid",
        "net_amount": "10.00",
        "total_amount": "12.00",
        "discount_amount": "0",
        "tax_amount": "2",
        "shipping_amount": "0",
        "currency": "GBP",
        "cancelled_at": "2026-02-02",
        "is_test": "no",
    },
    "refunds": {
        "refund_id": "r1",
        "order_id": "o1",
        "refunded_at": "2026-02-01T10:00:00Z",
        "amount": "5.00",
        "currency": "GBP",
    },
    "feedback": {
        "feedback_id": "f1",
        "occurred_at": "2026-02-01T10:00:00Z",
        "kind": "nps",
        "score": "9",
        "customer_id": "c1",
    },
    "referrals": {
        "referral_id": "r1",
        "occurred_at": "2026-02-01T10:00:00Z",
        "referrer_customer_id": "c1",
        "referred_email": "bob@example.test",
    },
    "support_tickets": {
        "ticket_id": "t1",
        "opened_at": "2026-02-01T10:00:00Z",
        "closed_at": "2026-02-01T11:00:00Z",
        "customer_id": "c1",
    },
    "customers": {
        "customer_id": "c1",
        "updated_at": "2026-02-01T10:00:00Z",
        "created_at": "2026-01-01",
        "birth_year": "1980",
        "attributes": '{"a":[1]}',
        "marketing_consent": "true",
        "email": "ada@example.test",
    },
    "ad_spend": {
        "spend_date": "2026-02-01",
        "channel": "paid_search",
        "campaign": "brand",
        "amount": "12.34",
        "currency": "GBP",
        "impressions": "1000",
        "clicks": "10",
    },
}


def good(kind: str, /, **changes: str | None) -> dict[str, str]:
    """A good row with some values changed; None takes a value away."""
    row = GOOD[kind] | changes
    return {column: value for column, value in row.items() if value is not None}


def csv_of(rows: list[dict[str, str]], separator: str = ",") -> str:
    """The rows as CSV under one header."""
    header = list(dict.fromkeys(column for row in rows for column in row))

    def quoted(value: str) -> str:
        needs = any(sign in value for sign in (separator, '"', "\n", "\r"))
        return '"' + value.replace('"', '""') + '"' if needs else value

    lines = [header, *([row.get(column, "") for column in header] for row in rows)]
    return "".join(separator.join(map(quoted, line)) + "\n" for line in lines)
