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

compared as (
    select * from {{ ref('int_touches_compared') }}
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
        is_now,
        max(people) as people
    from compared
    where metric = 'share_of_people'
    group by first_place, last_place, comparison, is_now
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

{% for side, is_now in {'now': 'is_now', 'before': 'not is_now'}.items() %}
{{ side }}_compared as (
    select *
    from compared
    where {{ is_now }}
),

{{ side }}_stage_people as (
    select *
    from stage_people
    where {{ is_now }}
),
{% endfor %}

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
        {% for side, suffix in {'now': '', 'before': '_before'}.items() %}
        coalesce({{ side }}_compared.people, {{ side }}_stage_people.people, 0)
            as people{{ suffix }},
        coalesce({{ side }}_compared.people_counted, 0) as people_counted{{ suffix }},
        {% endfor %}
        coalesce(comparisons.is_measured and not listed.is_undefined, false) as is_comparable
    from listed
    left join comparisons
        on
            listed.first_place = comparisons.first_place
            and listed.last_place = comparisons.last_place
            and listed.metric = comparisons.metric
            and listed.comparison = comparisons.comparison
    {% for side in ['now', 'before'] %}
    left join {{ side }}_compared
        on
            listed.first_place = {{ side }}_compared.first_place
            and listed.last_place = {{ side }}_compared.last_place
            and listed.metric = {{ side }}_compared.metric
            and listed.comparison = {{ side }}_compared.comparison
            and listed.touchpoint = {{ side }}_compared.touchpoint
    left join {{ side }}_stage_people
        on
            listed.first_place = {{ side }}_stage_people.first_place
            and listed.last_place = {{ side }}_stage_people.last_place
            and listed.comparison = {{ side }}_stage_people.comparison
            and listed.metric = 'share_of_people'
    {% endfor %}
),

shared as (
    select
        *,
        case
            when is_comparable then cast(people_counted as double) / nullif(people, 0)
        end as value_now,
        case
            when is_comparable then cast(people_counted_before as double) / nullif(people_before, 0)
        end as value_before
    from paired
),

deviating as (
    select
        *,
        value_now - value_before as difference,
        {{ two_proportion_deviation('value_now', 'people', 'value_before', 'people_before') }}
            as deviation
    from shared
),

tested as (
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
        difference,
        {{ normal_tail('deviation') }} as p_value
    from deviating
),

judged as (
    select
        *,
        coalesce(p_value < 0.01 and people >= 100 and people_before >= 100, false) as is_news
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
        comparison asc nulls last
)

select * from sorted
