with setting_values as (
    select * from {{ source('run', 'setting_values') }}
),

cleaned as (
    select
        setting,
        trim(value) as value,  -- noqa: RF04
        value_number
    from setting_values
)

select * from cleaned
