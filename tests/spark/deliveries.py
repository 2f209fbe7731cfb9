"""What the demo shop lacks and engines may differ on: other scripts, versions, one busy device."""

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

SOURCES = """
[[sources]]
name = "kiosk"
kind = "web_events"
format = "canonical"
path = "landing/kiosk/*.csv"

[[sources]]
name = "counter"
kind = "orders"
format = "canonical"
path = "landing/counter/*.csv"
"""
BEGIN = datetime(2026, 11, 18, 23, 30)
STEP = timedelta(minutes=7, microseconds=1)
WORDS = ("Größe 42", "naïveté", "Ω→Ж", "東京", "كتاب", "Été 🌞", "o'neil", "a\\b", "İstanbul")


def write(landing: Path, busy_events: int) -> None:
    """A device with `busy_events`, and orders of which some are delivered in two versions."""
    events = [
        {
            "event_id": f"k{number}",
            "occurred_at": f"{BEGIN + number * STEP:%FT%T.%fZ}",
            "anonymous_id": "busy",
            "customer_id": f"könig{number % 9}" if number % 50 == 0 else "",
            "event_name": ("page_view", "view_item", "add_to_cart", "purchase")[number % 4],
            "page_path": f"/{WORDS[number % len(WORDS)]}",
            "utm_source": WORDS[number % len(WORDS)] if number % 11 == 0 else "",
            "utm_medium": "cpc" if number % 22 == 0 else "",
            "utm_campaign": WORDS[number % 5] if number % 11 == 0 else "",
            "order_id": f"w{number}" if number % 4 == 3 else "",
            "revenue": f"{number % 97}.{number % 100:02}" if number % 4 == 3 else "",
            "currency": "EUR" if number % 8 == 3 else "",
        }
        for number in range(busy_events)
    ]
    orders = [
        {
            "order_id": f"{WORDS[number % len(WORDS)]}-{number}",
            "ordered_at": f"{BEGIN + timedelta(hours=3 * number):%FT%T.%fZ}",
            "customer_id": f"könig{number % 9}",
            "net_amount": f"{10 + number}.05",
            "currency": ("GBP", "EUR", "USD")[number % 3],
        }
        for number in range(18)
    ]
    restated = [order | {"net_amount": "1.15"} for order in orders[::4]]
    _write(landing / "kiosk" / "events.csv", events)
    _write(landing / "counter" / "1.csv", orders)
    _write(landing / "counter" / "2.csv", restated)


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    listed = list(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)
