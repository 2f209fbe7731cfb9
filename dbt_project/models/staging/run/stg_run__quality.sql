with quality as (
    select * from {{ source('run', 'quality') }}
),

typed as (
    select
        run_id,
        cast(run_at as {{ dbt.type_timestamp() }}) as run_at,
        check_kind,
        asset,
        source,
        check_name,
        severity,
        cast(is_passed as boolean) as is_passed,
        cast(observed as double) as observed,
        detail
    from quality
)

select * from typed
