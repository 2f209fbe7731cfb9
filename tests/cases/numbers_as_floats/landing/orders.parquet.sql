select
    90711::bigint as order_id,
    90701::double as customer_id,
    timestamp '2026-11-02 08:00:00' as ordered_at,
    10.0 as net_amount,
    'GBP' as currency
