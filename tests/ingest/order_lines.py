"""Order lines as a mapped source has them."""

COLUMNS = {
    "order_id": "id",
    "ordered_at": "min(day)",
    "customer_id": "any_value(who)",
    "net_amount": "sum(cast(price as decimal(9, 2)) * 1)",
    "currency": "'EUR'",
}
