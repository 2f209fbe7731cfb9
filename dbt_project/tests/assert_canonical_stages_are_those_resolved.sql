{{ config(
    meta={'description': 'Canonical stages are numbered from 1 to as many as are resolved'}
) }}

with stages as (
    select * from {{ ref('stages') }}
),

counted as (
    select
        count(*) as stage_count,
        count(distinct stage_position) as position_count,
        min(stage_position) as first_position,
        max(stage_position) as last_position,
        min(lapse_after_days) as fewest_days
    from stages
),

wrong as (
    select *
    from counted
    where
        stage_count <> {{ canonical_stage_count() }}
        or position_count <> stage_count
        or first_position <> 1
        or last_position <> stage_count
        or fewest_days < 1
)

select * from wrong
