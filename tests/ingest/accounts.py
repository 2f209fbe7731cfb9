"""What tests of deliveries ask of the accounts: where each row is, what an order is worth now."""

from datetime import date

FIRST = date(2026, 2, 1)
POSITION = "delivered_on, file_name, file_row"


def latest_amounts(warehouse) -> dict[str, int]:
    """The amount of the latest version of each order, as staging decides."""
    rows = warehouse.rows("orders", f"order_id, {POSITION}, net_amount")
    return {row[0]: int(row[-1]) for row in sorted(rows)}


def assert_accounted(pending) -> None:
    for result in pending.results:
        outcomes = (
            result.loaded,
            result.duplicate,
            result.restated,
            result.quarantined,
            result.forgotten,
        )
        assert sum(outcomes) == result.delivered
