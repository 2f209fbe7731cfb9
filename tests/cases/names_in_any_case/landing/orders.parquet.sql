select
    'u3' as "Order_ID",
    timestamp '2026-11-20 08:00' as "Ordered_At",
    'c' as "CUSTOMER_ID",
    3.00 as "Net_Amount",
    'GBP' as "CURRENCY",
    'cancelled' as "Status",
    true as "Is_Test"
