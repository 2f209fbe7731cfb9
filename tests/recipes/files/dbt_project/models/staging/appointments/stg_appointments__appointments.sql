with settings as (
    select * from {{ ref('stg_run__settings') }}
),

standing as (
    {{ standing_rows(source('raw', 'appointments'), ['appointment_id']) }}
),

facts as (
    select
        source,
        appointment_id,
        starts_at,
        customer_id,
        minutes
    from standing
    where starts_at < (select settings.as_of from settings)
)

select * from facts
