with versions as (
    select * from {{ ref('stg_customers__versions') }}
),

versions_ranked as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by
                updated_at desc nulls last,
                delivered_on desc nulls last,
                file_name desc nulls last,
                file_row desc nulls last
        ) as version_rank
    from versions
),

current_versions as (
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
        delivered_on
    from versions_ranked
    where version_rank = 1
)

select * from current_versions
