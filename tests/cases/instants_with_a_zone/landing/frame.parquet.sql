select
    '3' as order_id,
    cast('2026-11-20 10:30:00+01' as timestamptz_ns) as ordered_at,
    'zone-d' as customer_id,
    10.0 as net_amount,
    'GBP' as currency
