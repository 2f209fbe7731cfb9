{{ config(
    meta={'description': 'Cohorts of all people have all counted orders and their revenue'}
) }}

with cells as (
    select * from {{ ref('cohort_retention') }}
),

orders as (
    select * from {{ ref('int_orders_identified') }}
),

grids as (
    select * from {{ ref('cohort_grids') }}
),

-- a grid that leaves cohorts or periods out need not add up
whole_grids as (
    select grain
    from grids
    where
        max_period is null
        and cohort_days is null
),

cohort_totals as (
    select
        cells.grain,
        cells.cohort_basis,
        cells.{{ adapter.quote('window') }} as time_window,
        cast(sum(cells.orders) as bigint) as orders,
        sum(cells.net_revenue) as net_revenue
    from cells
    inner join whole_grids
        on cells.grain = whole_grids.grain
    where
        cells.segment_type = 'all'
        and cells.activity = 'order'
    group by
        cells.grain,
        cells.cohort_basis,
        cells.{{ adapter.quote('window') }}
),

order_totals as (
    select
        count(*) as orders,
        coalesce(sum(net_revenue), 0) as net_revenue
    from orders
    where is_counted
),

unequal as (
    select
        cohort_totals.grain,
        cohort_totals.cohort_basis,
        cohort_totals.time_window,
        cohort_totals.orders as cohort_orders,
        order_totals.orders as counted_orders,
        cohort_totals.net_revenue as cohort_revenue,
        order_totals.net_revenue as counted_revenue
    from cohort_totals
    cross join order_totals
    where
        cohort_totals.orders <> order_totals.orders
        or cohort_totals.net_revenue <> order_totals.net_revenue
)

select * from unequal
