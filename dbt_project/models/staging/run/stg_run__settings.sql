with settings as (
    select * from {{ source('run', 'settings') }}
),

typed as (
    select
        run_id,
        cast(as_of as {{ dbt.type_timestamp() }}) as as_of,
        reporting_time_zone,
        reporting_currency,
        orders_from,
        cast(max_people_per_device as integer) as max_people_per_device,
        cast(visit_timeout_minutes as integer) as visit_timeout_minutes,
        cast(conversion_window_days as integer) as conversion_window_days,
        cast(experiment_window_days as integer) as experiment_window_days,
        cast(attribution_lookback_days as integer) as attribution_lookback_days,
        cast(split_by_order as boolean) as split_by_order
    from settings
)

select * from typed
