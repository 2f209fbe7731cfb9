with settings as (
    select * from {{ ref('stg_run__settings') }}
),

versions as (
    select * from {{ source('raw', 'customers') }}
),

facts as (
    select
        source,
        customer_id,
        updated_at,
        email_key,
        created_at,
        country,
        birth_year,
        attributes,
        marketing_consent,
        delivered_on,
        file_name,
        file_row
    from versions
    where updated_at < (select settings.as_of from settings)
)

select * from facts
