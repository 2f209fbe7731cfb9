/*
# Refunds of WooCommerce's REST API (v3): by themselves, as `orders/<id>/refunds` gives them, or as
# the orders of orders/woocommerce name them. Those in an order have no date of their own: they are
# taken to be of the order's last change.
reads: [json]
rows: several
known_by: [[date_created, refunds], [parent_id, amount, line_items]]
columns:
    id: varchar
    parent_id: varchar
    currency: varchar
    date_created: varchar
    date_created_gmt: varchar
    date_modified: varchar
    date_modified_gmt: varchar
    amount: varchar
    line_items: [{total: varchar}]
    refunds: [{id: varchar, total: varchar}]
    _links: {up: [{href: varchar}]}
*/
with of_orders as (
    select
        _file,
        _row,
        id as order_id,
        coalesce(date_modified_gmt, date_modified) as refunded_at,
        currency,
        unnest(refunds) as refund
    from delivered
    where amount is null
),

alone as (
    select
        *,
        list_filter(
            line_items, lambda line: try_cast(line.total as decimal(18, 2)) is null
        )[1].total as unreadable,
        -list_sum(
            list_transform(line_items, lambda line: try_cast(line.total as decimal(18, 2)))
        ) as goods
    from delivered
    where amount is not null
)

select
    _file,
    _row,
    refund.id as refund_id,
    order_id,
    refunded_at,
    -- An order says what it lost: -10.00.
    case when refund.total like '-%' then right(refund.total, -1) else refund.total end as amount,
    null as net_amount,
    currency
from of_orders

union all

select
    _file,
    _row,
    id as refund_id,
    -- Its order is named by the address that is one up, in older versions by nothing else.
    coalesce(
        nullif(parent_id, '0'), nullif(regexp_extract(_links.up[1].href, '/([0-9]+)/?$', 1), '')
    ) as order_id,
    coalesce(date_created_gmt, date_created) as refunded_at,
    amount,
    case
        when len(line_items) > 0 then coalesce(unreadable, cast(goods as varchar))
    end as net_amount,
    currency
from alone
