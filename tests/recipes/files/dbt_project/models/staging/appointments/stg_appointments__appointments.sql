with settings as (
    select * from {{ source('run', 'settings') }}
),

latest as (
    {{ latest_versions(source('raw', 'appointments'), ['appointment_id']) }}
),

facts as (
    select
        source,
        appointment_id,
        starts_at,
        customer_id,
        minutes
    from latest
    where starts_at < (select settings.as_of from settings)
)

select * from facts
