"""Orders under names of their own, and the definition that reads them."""

PLAIN = {"order_id": "id", "ordered_at": "day", "customer_id": "who", "net_amount": "worth",
         "currency": "'GBP'"}  # fmt: skip
ROWS = [
    {"id": "007", "day": "2026-02-01", "who": "12", "worth": "1.5"},
    {"id": "8", "day": "2026-02-02", "who": "13", "worth": "2"},
]
