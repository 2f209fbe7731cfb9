with device_people as (
    select * from {{ ref('int_device_people_identified') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

kiosks as (
    select distinct
        anonymous_id,
        people_count
    from device_people
    where people_count > (select settings.max_people_per_device from settings)
)

select * from kiosks
