with versions as (
    select * from {{ source('history', 'journey_map') }}
),

-- every version is a file of its name
typed as (
    select
        regexp_extract(file_name, '([^/]+)[.]parquet$', 1) as version,
        cast(as_of as {{ dbt.type_timestamp() }}) as as_of,
        stage_model,
        stage,
        touchpoint,
        people,
        touches,
        stage_people,
        share_of_people,
        forward_rate_7d,
        drop_off_rate
    from versions
)

select * from typed
