with counted as (
    select * from {{ ref('int_touches_counted') }}
),

traced as (
    select * from {{ ref('int_follow_ups_traced') }}
),

places as (
    select * from {{ ref('int_stage_places_listed') }}
),

notes as (
    select * from {{ ref('journey_map_notes') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

spans as (
    select distinct
        first_place,
        last_place
    from places
),

counted_in_periods as (
    {{ in_map_periods('counted', [
        'first_place', 'last_place', 'touchpoint', 'person_number', 'stay_number', 'touches',
        'forward_touches', 'is_last_touch', 'stay_microseconds',
    ]) }}
),

people_counted as (
    select
        period,
        first_place,
        last_place,
        touchpoint,
        person_number,
        sum(touches) as touches,
        sum(forward_touches) as forward_touches,
        max(is_last_touch) as is_last_touch
    from counted_in_periods
    group by period, first_place, last_place, touchpoint, person_number
),

measured as (
    select
        period,
        first_place,
        last_place,
        touchpoint,
        cast(count(*) as bigint) as people,
        cast(sum(touches) as bigint) as touches,
        cast(sum(forward_touches) as bigint) as forward_touches,
        cast(sum(is_last_touch) as bigint) as last_touch_people
    from people_counted
    group by period, first_place, last_place, touchpoint
),

-- a stay that was touched in two months is one stay of a longer period
stays as (
    select
        period,
        first_place,
        last_place,
        touchpoint,
        person_number,
        stay_number,
        max(stay_microseconds) as stay_microseconds
    from counted_in_periods
    group by period, first_place, last_place, touchpoint, person_number, stay_number
),

stayed as (
    select
        period,
        first_place,
        last_place,
        touchpoint,
        {{ median('stay_microseconds') }} as median_microseconds
    from stays
    group by period, first_place, last_place, touchpoint
),

people_inhabiting as (
    select distinct
        period,
        first_place,
        last_place,
        person_number
    from people_counted
),

inhabited as (
    select
        period,
        first_place,
        last_place,
        cast(count(*) as bigint) as stage_people
    from people_inhabiting
    group by period, first_place, last_place
),

traced_in_periods as (
    {{ in_map_periods('traced', ['place', 'touchpoint', 'follow_up_id', 'kind', 'score']) }}
),

-- canonical places of one span are one stage: what followed touches in several of them counts once
traced_once as (
    select distinct
        traced_in_periods.period,
        spans.first_place,
        spans.last_place,
        traced_in_periods.touchpoint,
        traced_in_periods.follow_up_id,
        traced_in_periods.kind,
        traced_in_periods.score
    from traced_in_periods
    inner join spans
        on
            traced_in_periods.place >= spans.first_place
            and traced_in_periods.place <= spans.last_place
),

answered as (
    select
        period,
        first_place,
        last_place,
        touchpoint,
        cast(sum(case when kind = 'nps' then 1 else 0 end) as bigint) as nps_responses,
        sum(case when kind = 'nps' and score >= 9 then 1 else 0 end) as promoters,
        sum(case when kind = 'nps' and score <= 6 then 1 else 0 end) as detractors,
        cast(sum(case when kind = 'csat' then 1 else 0 end) as bigint) as csat_responses,
        sum(case when kind = 'csat' and score >= 4 then 1 else 0 end) as satisfied,
        sum(case when kind = 'ticket' then 1 else 0 end) as tickets
    from traced_once
    group by period, first_place, last_place, touchpoint
),

periods as (
    select distinct period
    from measured
    union distinct
    select 'last_90_days' as period
    union distinct
    select 'overall' as period
),

-- what has a note is on the map also while no person touches it
listed as (
    select
        measured.period,
        places.stage_model,
        places.stage,
        measured.touchpoint
    from places
    inner join measured
        on
            places.first_place = measured.first_place
            and places.last_place = measured.last_place
    union distinct
    select
        periods.period,
        notes.stage_model,
        notes.stage,
        notes.touchpoint
    from notes
    cross join periods
),

rated as (
    select
        listed.period,
        listed.stage_model,
        listed.stage,
        places.stage_position,
        listed.touchpoint,
        coalesce(measured.people, 0) as people,
        coalesce(measured.touches, 0) as touches,
        coalesce(inhabited.stage_people, 0) as stage_people,
        cast(coalesce(measured.people, 0) as double) / nullif(inhabited.stage_people, 0)
            as share_of_people,
        case
            when not places.is_last
                then cast(measured.forward_touches as double) / nullif(measured.touches, 0)
        end as forward_rate_7d,
        case
            when places.stage_position is not null
                then cast(measured.last_touch_people as double) / nullif(measured.people, 0)
        end as drop_off_rate,
        {{ hours('stayed.median_microseconds') }} as median_hours_in_stage,
        case
            when answered.nps_responses >= {{ least_map_answers() }}
                then
                    cast(100 * (answered.promoters - answered.detractors) as double)
                    / answered.nps_responses
        end as nps,
        coalesce(answered.nps_responses, 0) as nps_responses,
        coalesce(answered.nps_responses, 0) < 30 as is_nps_small,
        case
            when answered.csat_responses >= {{ least_map_answers() }}
                then cast(answered.satisfied as double) / answered.csat_responses
        end as csat,
        coalesce(answered.csat_responses, 0) as csat_responses,
        coalesce(answered.csat_responses, 0) < 30 as is_csat_small,
        cast(1000 * coalesce(answered.tickets, 0) as double) / nullif(measured.touches, 0)
            as support_tickets_7d,
        coalesce(measured.people, 0) < 30 as is_small
    from listed
    inner join places
        on
            listed.stage_model = places.stage_model
            and listed.stage = places.stage
    left join measured
        on
            listed.period = measured.period
            and places.first_place = measured.first_place
            and places.last_place = measured.last_place
            and listed.touchpoint = measured.touchpoint
    left join stayed
        on
            measured.period = stayed.period
            and measured.first_place = stayed.first_place
            and measured.last_place = stayed.last_place
            and measured.touchpoint = stayed.touchpoint
    left join inhabited
        on
            listed.period = inhabited.period
            and places.first_place = inhabited.first_place
            and places.last_place = inhabited.last_place
    left join answered
        on
            measured.period = answered.period
            and measured.first_place = answered.first_place
            and measured.last_place = answered.last_place
            and measured.touchpoint = answered.touchpoint
),

noted as (
    select
        settings.as_of,
        rated.*,
        notes.goal as curated_goal,
        notes.emotion as curated_emotion,
        notes.opportunity as curated_opportunity,
        notes.owner as curated_owner,
        notes.target_metric,
        notes.target,
        case notes.target_metric
            {% for metric in map_metrics() %}
            when '{{ metric }}' then cast(rated.{{ metric }} as double)
            {% endfor %}
        end as actual
    from rated
    cross join settings
    left join notes
        on
            rated.stage_model = notes.stage_model
            and rated.stage = notes.stage
            and rated.touchpoint = notes.touchpoint
),

judged as (
    select
        *,
        case target_metric
            {% for metric, more_is_better in map_metrics().items() %}
            when '{{ metric }}' then actual {{ '>=' if more_is_better else '<=' }} target
            {% endfor %}
        end as is_met
    from noted
),

sorted as (
    select *
    from judged
    order by
        period asc nulls last,
        stage_model asc nulls last,
        stage_position asc nulls last,
        stage asc nulls last,
        touchpoint asc nulls last
)

select * from sorted
