with grids as (
    select * from {{ ref('cohort_grids') }}
),

segment_types as (
    select * from {{ ref('segment_types') }}
),

segmented as (
    select
        grids.grain,
        segment_types.segment_type,
        grids.max_period
    from grids
    inner join segment_types
        on
            {{ dbt.position(
                "' ' || segment_types.segment_type || ' '", "' ' || grids.segment_types || ' '"
            ) }} > 0
)

select * from segmented
