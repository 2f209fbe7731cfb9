"""UCI Online Retail as a mapped source: its lines summed to orders."""

UCI = {
    "where": "InvoiceNo not like 'C%' and CustomerID is not null and Quantity > 0"
    " and UnitPrice > 0",
    "group_by": ["order_id"],
    "columns": {
        "order_id": "InvoiceNo",
        "ordered_at": "min(InvoiceDate)",
        "customer_id": "any_value(cast(cast(CustomerID as bigint) as varchar))",
        "net_amount": "sum(Quantity * UnitPrice)",
        "currency": "'GBP'",
    },
}
