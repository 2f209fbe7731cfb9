{% set metrics = {
    'share_of_people': 'stage_people',
    'forward_rate_7d': 'touches',
    'drop_off_rate': 'people',
} %}
with maps as (
    select * from {{ ref('journey_map') }}
),

past as (
    select * from {{ ref('stg_history__journey_maps') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

-- of several versions of one instant the last one published is what readers saw
compared as (
    {% for days in [7, 28] %}
    select
        {{ days }} as days_before,
        {{ value_at_max('past.version', ordering_key(['past.as_of', 'past.version'])) }} as version,
        max(past.as_of) as as_of_before
    from past
    cross join settings
    where past.as_of <= {{ add_days('settings.as_of', -days) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

before as (
    select
        compared.days_before,
        past.stage_model,
        past.stage,
        past.touchpoint,
        past.people,
        past.touches,
        past.stage_people,
        past.share_of_people,
        past.forward_rate_7d,
        past.drop_off_rate
    from past
    inner join compared on past.version = compared.version
),

models as (
    select distinct stage_model
    from maps
),

listed as (
    select
        compared.days_before,
        maps.stage_model,
        maps.stage,
        maps.touchpoint
    from maps
    cross join compared
    union distinct
    select
        before.days_before,
        before.stage_model,
        before.stage,
        before.touchpoint
    from before
    inner join models on before.stage_model = models.stage_model
),

-- whoever is in a stage and never met a touchpoint of it is in the share of that touchpoint
stages_now as (
    select
        stage_model,
        stage,
        max(stage_people) as stage_people
    from maps
    group by stage_model, stage
),

stages_before as (
    select
        days_before,
        stage_model,
        stage,
        max(stage_people) as stage_people
    from before
    group by days_before, stage_model, stage
),

paired as (
    select
        listed.stage_model,
        listed.stage,
        listed.touchpoint,
        listed.days_before,
        compared.as_of_before,
        coalesce(maps.touches, 0) as touches,
        maps.people,
        stages_now.stage_people,
        coalesce(
            maps.share_of_people, case when stages_now.stage_people > 0 then 0e0 end
        ) as share_of_people,
        maps.forward_rate_7d,
        maps.drop_off_rate,
        before.touches as touches_before,
        before.people as people_before,
        stages_before.stage_people as stage_people_before,
        coalesce(
            before.share_of_people, case when stages_before.stage_people > 0 then 0e0 end
        ) as share_of_people_before,
        before.forward_rate_7d as forward_rate_7d_before,
        before.drop_off_rate as drop_off_rate_before
    from listed
    inner join compared on listed.days_before = compared.days_before
    left join maps
        on
            listed.stage_model = maps.stage_model
            and listed.stage = maps.stage
            and listed.touchpoint = maps.touchpoint
    left join stages_now
        on
            listed.stage_model = stages_now.stage_model
            and listed.stage = stages_now.stage
    left join before
        on
            listed.days_before = before.days_before
            and listed.stage_model = before.stage_model
            and listed.stage = before.stage
            and listed.touchpoint = before.touchpoint
    left join stages_before
        on
            listed.days_before = stages_before.days_before
            and listed.stage_model = stages_before.stage_model
            and listed.stage = stages_before.stage
),

measures as (
    {% for metric, trials in metrics.items() %}
    select
        stage_model,
        stage,
        touchpoint,
        '{{ metric }}' as metric,
        days_before,
        as_of_before,
        touches,
        {{ metric }} as value_now,
        {{ metric }}_before as value_before,
        {{ two_proportion_deviation(
            metric, trials, metric ~ '_before', trials ~ '_before'
        ) | indent(8) }} as deviation
    from paired
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

tested as (
    select
        stage_model,
        stage,
        touchpoint,
        metric,
        days_before,
        as_of_before,
        touches,
        value_now,
        value_before,
        value_now - value_before as difference,
        {{ normal_tail('deviation') }} as p_value
    from measures
),

judged as (
    select
        *,
        coalesce(p_value < 0.01 and touches >= 100, false) as is_news
    from tested
),

sorted as (
    select *
    from judged
    order by
        stage_model asc nulls last,
        stage asc nulls last,
        touchpoint asc nulls last,
        metric asc nulls last,
        days_before asc nulls last
)

select * from sorted
