"""Reads a demo's files back, row by row, without the warehouse.

A delivered row is (file date, key, content, fault): fault is None for a sound row, else the name
under which ground_truth.json counts it.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Delivered:
    """One row of one file."""

    file_date: date
    key: str
    content: str
    fault: str | None
    row: dict
    instant: datetime | None


def file_date(path: Path) -> date:
    return date.fromisoformat(path.stem[-10:])


def instant_of(text: object) -> datetime | None:
    """An instant, or None where there is none."""
    if isinstance(text, int):
        return datetime.fromtimestamp(text, UTC)
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def is_future(instant: datetime, delivered_on: date) -> bool:
    return instant.date() > delivered_on + timedelta(days=1)


def web_rows(landing: Path) -> Iterator[Delivered]:
    for path in sorted(landing.glob("segment/*.jsonl")):
        for line in path.read_text().splitlines():
            yield web_row(file_date(path), line)


def web_row(day: date, line: str) -> Delivered:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        return Delivered(day, "", line, "bad_json", {}, None)
    instant = instant_of(row["timestamp"])
    email = row.get("traits", {}).get("email")
    fault = None
    if instant is None:
        fault = "bad_timestamp"
    elif not (row.get("anonymousId") or row.get("userId") or email):
        fault = "no_identifier"
    elif is_future(instant, day):
        fault = "in_the_future"
    elif row["type"] == "track" and not row.get("event"):
        fault = "no_event_name"
    return Delivered(day, row["messageId"], line, fault, row, instant)


def mail_rows(landing: Path) -> Iterator[Delivered]:
    for path in sorted(landing.glob("sendgrid/*.json")):
        for row in json.loads(path.read_text()):
            day, instant, fault = file_date(path), None, None
            if isinstance(row["timestamp"], int):
                instant = instant_of(row["timestamp"])
            if instant is None:
                fault = "bad_timestamp"
            elif "email" not in row:
                fault = "no_identifier"
            elif "event" not in row:
                fault = "no_event_name"
            elif is_future(instant, day):
                fault = "in_the_future"
            yield Delivered(day, row["sg_event_id"], json.dumps(row), fault, row, instant)


def order_rows(landing: Path) -> Iterator[Delivered]:
    for path in sorted(landing.glob("shopify/*.json")):
        for row in json.loads(path.read_text())["orders"]:
            day, instant, fault = file_date(path), instant_of(row["created_at"]), None
            if instant is None:
                fault = "bad_timestamp"
            elif row["email"] is None and row["customer"] is None:
                fault = "no_identifier"
            elif is_future(instant, day):
                fault = "in_the_future"
            elif not row["subtotal_price"].replace(".", "").isdigit():
                fault = "bad_amount"
            yield Delivered(day, str(row["id"]), json.dumps(row), fault, row, instant)


def refund_rows(landing: Path) -> Iterator[Delivered]:
    for order in order_rows(landing):
        for row in order.row["refunds"]:
            instant = instant_of(row["created_at"])
            text = json.dumps(row)
            yield Delivered(order.file_date, str(row["id"]), text, order.fault, row, instant)


# name: (key columns, time column, identity columns, number column)
CSV_FEEDS = {
    "feedback": (
        ("feedback_id",),
        "occurred_at",
        ("customer_id", "email", "anonymous_id"),
        "score",
    ),
    "referrals": (("referral_id",), "occurred_at", ("referrer_customer_id",), None),
    "support": (("ticket_id",), "opened_at", ("customer_id", "email"), None),
    "customers": (("customer_id",), "updated_at", (), None),
    "ad_spend": (("spend_date", "channel", "campaign"), "spend_date", (), "amount"),
    "interactions": (("interaction_id",), "occurred_at", ("customer_id", "email"), None),
}


def csv_rows(landing: Path, name: str) -> Iterator[Delivered]:
    keys, time, identities, number = CSV_FEEDS[name]
    for path in sorted(landing.glob(f"{name}/*.csv")):
        header, *lines = csv.reader(path.read_text().splitlines())
        for line in lines:
            row, fault = dict(zip(header, line, strict=False)), None
            instant = instant_of(row[time])
            if len(line) != len(header):
                fault = "wrong_field_count"
            elif instant is None:
                fault = "bad_timestamp"
            elif not row[keys[0]]:
                fault = "no_required_value"
            elif identities and not any(row[column] for column in identities):
                fault = "no_identifier"
            elif is_future(instant, file_date(path)):
                fault = "in_the_future"
            elif number and not row[number].replace(".", "").isdigit():
                fault = "bad_amount"
            key = "|".join(row[column] for column in keys)
            yield Delivered(file_date(path), key, ",".join(line), fault, row, instant)


def all_rows(landing: Path) -> dict[str, list[Delivered]]:
    """Rows by the name of their source."""
    rows = {
        "site": list(web_rows(landing)),
        "mail": list(mail_rows(landing)),
        "shop": list(order_rows(landing)),
        "shop_refunds": list(refund_rows(landing)),
    }
    return rows | {name: list(csv_rows(landing, name)) for name in CSV_FEEDS}


def standing(rows: list[Delivered]) -> list[Delivered]:
    """The last version of each sound row."""
    return list({item.key: item for item in rows if item.fault is None}.values())
