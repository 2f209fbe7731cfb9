with orders as (
    select * from {{ ref('int_orders_identified') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

counted_orders as (
    select
        orders.person_id,
        {{ local_date('orders.ordered_at', 'settings.reporting_time_zone') }} as purchase_date,
        orders.net_revenue
    from orders
    cross join settings
    where orders.is_counted
),

purchase_days as (
    select
        person_id,
        purchase_date,
        cast(coalesce(sum(net_revenue), 0) as decimal(18, 2)) as net_revenue
    from counted_orders
    group by person_id, purchase_date
),

spans as (
    select distinct
        span,
        last_date
    from {{ ref('int_purchase_spans_bounded') }}
),

first_days as (
    select
        person_id,
        min(purchase_date) as first_date
    from purchase_days
    group by person_id
),

placed as (
    select
        spans.span,
        spans.last_date,
        purchase_days.person_id,
        first_days.first_date,
        purchase_days.purchase_date,
        purchase_days.net_revenue,
        purchase_days.purchase_date > spans.last_date as is_later,
        purchase_days.purchase_date > first_days.first_date
        and purchase_days.net_revenue > 0 as has_value
    from purchase_days
    inner join first_days on purchase_days.person_id = first_days.person_id
    inner join spans on first_days.first_date <= spans.last_date
),

observed as (
    select
        span,
        person_id,
        count(case when not is_later then 1 end) - 1 as repeat_purchases,
        {{ dbt.datediff(
            'first_date', 'max(case when not is_later then purchase_date end)', 'day'
        ) }} as recency_days,
        {{ dbt.datediff('first_date', 'last_date', 'day') }} as age_days,
        count(case when has_value and not is_later then 1 end) as valued_purchases,
        sum(case when has_value and not is_later then net_revenue else 0 end) as purchase_value,
        count(case when is_later then 1 end) as later_purchases
    from placed
    group by span, person_id, first_date, last_date
),

typed as (
    select
        span,
        person_id,
        cast(repeat_purchases as {{ dbt.type_int() }}) as repeat_purchases,
        cast(recency_days as {{ dbt.type_int() }}) as recency_days,
        cast(age_days as {{ dbt.type_int() }}) as age_days,
        cast(valued_purchases as {{ dbt.type_int() }}) as valued_purchases,
        cast(purchase_value as decimal(18, 2)) as purchase_value,
        cast(later_purchases as {{ dbt.type_int() }}) as later_purchases
    from observed
)

select * from typed
