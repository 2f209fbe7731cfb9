with settings as (
    select * from {{ source('run', 'settings') }}
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
        file_row,
        row_number() over (
            partition by customer_id
            order by
                updated_at desc nulls last,
                delivered_on desc nulls last,
                file_name desc nulls last,
                file_row desc nulls last
        ) = 1 as is_current
    from versions
    where updated_at < (select settings.as_of from settings)
)

select * from facts
