{{ config(meta={'description': 'In every stage model the map has each inbound touchpoint once'}) }}

with touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

maps as (
    select * from {{ ref('journey_map') }}
),

stages as (
    select * from {{ ref('int_stage_places_listed') }}
),

models as (
    select distinct stage_model
    from stages
),

touched as (
    select
        touchpoint,
        count(*) as touches
    from touchpoints
    where is_inbound
    group by touchpoint
),

wanted as (
    select
        models.stage_model,
        touched.touchpoint,
        touched.touches
    from touched
    cross join models
),

reported as (
    select
        stage_model,
        touchpoint,
        sum(touches) as touches
    from maps
    where touches > 0 and period = 'overall'
    group by stage_model, touchpoint
),

broken as (
    select
        coalesce(wanted.stage_model, reported.stage_model) as stage_model,
        coalesce(wanted.touchpoint, reported.touchpoint) as touchpoint,
        wanted.touches,
        reported.touches as touches_reported
    from wanted
    full outer join reported
        on
            wanted.stage_model = reported.stage_model
            and wanted.touchpoint = reported.touchpoint
    where coalesce(wanted.touches, 0) <> coalesce(reported.touches, 0)
)

select * from broken
