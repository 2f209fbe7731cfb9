/*
# Stripe's charges as orders: the API's objects (a list, one a line, or one), or the payments that
# the dashboard exports as CSV. A charge knows no tax and no shipping: all of it counts as goods.
reads: [json, csv]
records: [data]
required: [id, amount, currency, status]
payments: true
known_by:
    - [captured, livemode]
    - [amount, billing_details]
    - [Created date (UTC), Amount Refunded]
    - [Created (UTC), Amount Refunded]
columns:
    id: varchar
    created: varchar
    amount: varchar
    currency: varchar
    status: varchar
    captured: varchar
    livemode: varchar
    customer: json
    receipt_email: varchar
    billing_details: {email: varchar}
    metadata: {customer_id: varchar, user_id: varchar}
    Created date (UTC): varchar
    Created (UTC): varchar
    Mode: varchar
    Customer ID: varchar
    Customer Email: varchar
*/
with delivered_charges as (
    select
        *,
        coalesce("Created date (UTC)", "Created (UTC)") as exported_at
    from delivered
),

charges as (
    select
        *,
        -- The dashboard writes amounts as people do, the API in the smallest unit.
        case
            when exported_at is null then of_smallest_unit(amount, currency) else amount
        end as charged,
        -- A customer is named, or given whole where it was expanded.
        coalesce(
            customer ->> '$.id',
            case when not starts_with(customer, '{') then customer ->> '$' end,
            "Customer ID"
        ) as stripe_customer
    from delivered_charges
)

select
    _file,
    _row,
    id as order_id,
    coalesce(exported_at, instant_of_epoch(created)) as ordered_at,
    -- The shop's own id is only where the shop put it; Stripe's names the person in another way.
    coalesce(identifier(metadata.customer_id), identifier(metadata.user_id)) as customer_id,
    'stripe:' || identifier(stripe_customer) as anonymous_id,
    coalesce(
        nullif(billing_details.email, ''),
        nullif(receipt_email, ''),
        customer ->> '$.email',
        "Customer Email"
    ) as email,
    case
        when lower(status) = 'failed' then 'failed'
        when lower(captured) = 'false' then 'pending'
        when lower(status) in ('succeeded', 'paid', 'refunded', 'partially refunded') then 'paid'
        when lower(status) in ('pending', 'uncaptured', 'requires capture') then 'pending'
        when lower(status) in ('canceled', 'cancelled') then 'cancelled'
        else status
    end as status,
    charged as net_amount,
    charged as total_amount,
    currency,
    coalesce(lower(livemode) = 'false' or lower("Mode") = 'test', false) as is_test
from charges
