{#- How far the columns of `people` look ahead, in days. -#}
{%- set horizons = [90, 365] -%}
with orders as (
    select * from {{ ref('int_orders_identified') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

purchases as (
    select
        {{ local_date('orders.ordered_at', 'settings.reporting_time_zone') }} as purchase_date
    from orders
    cross join settings
    where orders.is_counted
),

known as (
    select
        min(purchases.purchase_date) as first_date,
        max({{ last_date('settings') }}) as last_date
    from purchases
    cross join settings
),

halved as (
    select
        first_date,
        last_date,
        cast(
            {{ dbt.dateadd(
                'day',
                'cast(floor(' ~ dbt.datediff('first_date', 'last_date', 'day') ~ ' / 2.0) as '
                ~ dbt.type_int() ~ ')',
                'first_date'
            ) }} as date
        ) as middle_date
    from known
    where first_date is not null
),

bounded as (
    {% for horizon in horizons %}
    select
        'whole' as span,
        last_date,
        {{ horizon }} as days_ahead
    from halved
    union all
    {% endfor %}
    select
        'first_half' as span,
        middle_date as last_date,
        {{ dbt.datediff('middle_date', 'last_date', 'day') }} as days_ahead
    from halved
    where last_date > middle_date
),

typed as (
    select
        span,
        last_date,
        cast(days_ahead as {{ dbt.type_int() }}) as days_ahead
    from bounded
)

select * from typed
