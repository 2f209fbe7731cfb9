"""Which of several deliveries of one key counts, and the cut at as_of."""

from collections.abc import Iterable
from datetime import datetime

from .rows import Customer, Raw, Row
from .run import Run


def current_rows(raw: Raw, as_of: datetime) -> Raw:
    """The winning version of every (source, key), without what lies at or after as_of.

    The winner is chosen first: a row restated to an instant after as_of is gone altogether.
    """
    return {
        kind: [row for row in winners(rows) if row.instant < as_of]
        for kind, rows in raw.items()
        if kind != "ad_spend"  # its instant is a date, and no recounted table reads it
    }


def known_customers(raw: Raw, run: Run) -> list[Customer]:
    """Of each customer the version that was the latest before as_of."""
    known = [row for row in raw["customers"] if row.updated_at < run.as_of]
    latest = {row.customer_id: row for row in sorted(known, key=rank)}
    return list(latest.values())


def winners(rows: Iterable[Row]) -> list[Row]:
    best: dict[tuple[str, str], Row] = {}
    for row in rows:
        address = (row.source, row.key)
        if address not in best or rank(row) > rank(best[address]):
            best[address] = row
    return list(best.values())


def rank(row: Row) -> tuple:
    """The later delivery wins; of customers, the latest update, then the later delivery."""
    delivery = (row.delivered_on, row.file_name, row.file_row)
    return (row.updated_at, *delivery) if row.kind == "customers" else delivery
