with counted as (
    select * from {{ ref('int_touches_counted') }}
),

notes as (
    select * from {{ ref('journey_map_notes') }}
),

places as (
    select * from {{ ref('int_stage_places_listed') }}
),

windows as (
    select * from {{ ref('int_map_windows_dated') }}
),

tested as (
    select * from {{ ref('int_touch_shares_tested') }}
),

comparisons as (
    select
        first_place,
        last_place,
        metric,
        comparison,
        min(case when is_now then first_date end) as first_date,
        min(case when is_now then last_date end) as last_date,
        min(case when not is_now then first_date end) as first_date_before,
        min(case when not is_now then last_date end) as last_date_before,
        -- the window before begins earlier: where it is measured, so is the other
        max(case when not is_now and is_measured then 1 else 0 end) = 1 as is_measured
    from windows
    group by first_place, last_place, metric, comparison
),

-- people of the stage, also where no person met the touchpoint
stage_people as (
    select
        first_place,
        last_place,
        comparison,
        metric,
        max(people) as people,
        max(people_before) as people_before
    from tested
    where metric = 'share_of_people'
    group by first_place, last_place, comparison, metric
),

metrics as (
    {% set metrics = ['share_of_people', 'forward_rate_7d', 'drop_off_rate'] %}
    {% for metric in metrics %}
    {% set is_last_metric = loop.last %}
    {% for comparison in ['last_28_days', 'last_month'] %}
    select
        '{{ metric }}' as metric,
        '{{ comparison }}' as comparison
    {{ 'union all' if not (loop.last and is_last_metric) }}
    {% endfor %}
    {% endfor %}
),

touched as (
    select distinct
        first_place,
        last_place,
        touchpoint
    from counted
),

-- the rows of the map overall: what was touched, and what has a note
maps as (
    select
        places.stage_model,
        places.stage,
        touched.touchpoint
    from places
    inner join touched
        on
            places.first_place = touched.first_place
            and places.last_place = touched.last_place
    union distinct
    select
        stage_model,
        stage,
        touchpoint
    from notes
),

listed as (
    select
        maps.stage_model,
        maps.stage,
        maps.touchpoint,
        places.first_place,
        places.last_place,
        metrics.metric,
        metrics.comparison,
        metrics.metric = 'forward_rate_7d' and places.is_last as is_undefined
    from maps
    inner join places
        on
            maps.stage_model = places.stage_model
            and maps.stage = places.stage
    cross join metrics
),

paired as (
    select
        listed.stage_model,
        listed.stage,
        listed.touchpoint,
        listed.metric,
        listed.comparison,
        comparisons.first_date,
        comparisons.last_date,
        comparisons.first_date_before,
        comparisons.last_date_before,
        coalesce(tested.people, stage_people.people, 0) as people,
        coalesce(tested.people_before, stage_people.people_before, 0) as people_before,
        coalesce(tested.people_counted, 0) as people_counted,
        coalesce(tested.people_counted_before, 0) as people_counted_before,
        tested.p_value,
        coalesce(comparisons.is_measured and not listed.is_undefined, false) as is_comparable
    from listed
    left join comparisons
        on
            listed.first_place = comparisons.first_place
            and listed.last_place = comparisons.last_place
            and listed.metric = comparisons.metric
            and listed.comparison = comparisons.comparison
    left join tested
        on
            listed.first_place = tested.first_place
            and listed.last_place = tested.last_place
            and listed.metric = tested.metric
            and listed.comparison = tested.comparison
            and listed.touchpoint = tested.touchpoint
    left join stage_people
        on
            listed.first_place = stage_people.first_place
            and listed.last_place = stage_people.last_place
            and listed.metric = stage_people.metric
            and listed.comparison = stage_people.comparison
),

shared as (
    select
        stage_model,
        stage,
        touchpoint,
        metric,
        comparison,
        first_date,
        last_date,
        first_date_before,
        last_date_before,
        people,
        people_before,
        case
            when is_comparable then cast(people_counted as double) / nullif(people, 0)
        end as value_now,
        case
            when is_comparable then cast(people_counted_before as double) / nullif(people_before, 0)
        end as value_before,
        case when is_comparable then p_value end as p_value
    from paired
),

judged as (
    select
        stage_model,
        stage,
        touchpoint,
        metric,
        comparison,
        first_date,
        last_date,
        first_date_before,
        last_date_before,
        people,
        people_before,
        value_now,
        value_before,
        value_now - value_before as difference,
        p_value,
        coalesce(p_value < 0.01 and people >= 100 and people_before >= 100, false) as is_news
    from shared
),

sorted as (
    select *
    from judged
    order by
        stage_model asc nulls last,
        stage asc nulls last,
        touchpoint asc nulls last,
        metric asc nulls last,
        comparison asc nulls last
)

select * from sorted
