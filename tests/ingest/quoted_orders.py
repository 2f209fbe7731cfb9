"""Orders as lines of a CSV whose last field may hold a quote."""

HEADER = "order_id,ordered_at,customer_id,net_amount,currency,coupon\n"


def order(number: int, coupon: str = "x") -> str:
    return f"{number},2026-02-01T10:00:00Z,c{number},1.00,GBP,{coupon}\n"


def load(warehouse, content: str | bytes, name: str = "a.csv"):
    if "orders" not in [source.name for source in warehouse.sources]:
        warehouse.source("orders")
    warehouse.deliver(f"orders/{name}", content)
    return warehouse.load("orders")
