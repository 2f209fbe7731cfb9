with counted as (
    select * from {{ ref('int_touches_counted') }}
),

traced as (
    select * from {{ ref('int_follow_ups_traced') }}
),

places as (
    select * from {{ ref('int_places_spanned') }}
),

notes as (
    select * from {{ ref('journey_map_notes') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

spans as (
    select distinct
        first_place,
        last_place
    from places
),

people_counted as (
    select
        first_place,
        last_place,
        touchpoint,
        person_number,
        sum(touches) as touches,
        sum(forward_touches) as forward_touches,
        max(is_last_touch) as is_last_touch
    from counted
    group by first_place, last_place, touchpoint, person_number
),

measured as (
    select
        first_place,
        last_place,
        touchpoint,
        cast(count(*) as bigint) as people,
        cast(sum(touches) as bigint) as touches,
        cast(sum(forward_touches) as bigint) as forward_touches,
        cast(sum(is_last_touch) as bigint) as last_touch_people
    from people_counted
    group by first_place, last_place, touchpoint
),

stayed as (
    select
        first_place,
        last_place,
        touchpoint,
        {{ median('stay_microseconds') }} as median_microseconds
    from counted
    group by first_place, last_place, touchpoint
),

inhabited as (
    select
        first_place,
        last_place,
        cast(count(distinct person_number) as bigint) as stage_people
    from counted
    group by first_place, last_place
),

-- canonical places of one span are one stage: what followed touches in several of them counts once
traced_once as (
    select distinct
        spans.first_place,
        spans.last_place,
        traced.touchpoint,
        traced.follow_up_id,
        traced.kind,
        traced.score
    from traced
    inner join spans
        on
            traced.place >= spans.first_place
            and traced.place <= spans.last_place
),

answered as (
    select
        first_place,
        last_place,
        touchpoint,
        sum(case when kind = 'nps' then 1 else 0 end) as nps_answers,
        sum(case when kind = 'nps' and score >= 9 then 1 else 0 end) as promoters,
        sum(case when kind = 'nps' and score <= 6 then 1 else 0 end) as detractors,
        sum(case when kind = 'csat' then 1 else 0 end) as csat_answers,
        sum(case when kind = 'csat' and score >= 4 then 1 else 0 end) as satisfied,
        sum(case when kind = 'ticket' then 1 else 0 end) as tickets
    from traced_once
    group by first_place, last_place, touchpoint
),

-- what somebody wrote a note on is on the map also while nobody touches it
listed as (
    select
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
        stage_model,
        stage,
        touchpoint
    from notes
),

rated as (
    select
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
        cast(100 * (answered.promoters - answered.detractors) as double)
        / nullif(answered.nps_answers, 0) as nps,
        cast(answered.satisfied as double) / nullif(answered.csat_answers, 0) as csat,
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
            places.first_place = measured.first_place
            and places.last_place = measured.last_place
            and listed.touchpoint = measured.touchpoint
    left join stayed
        on
            measured.first_place = stayed.first_place
            and measured.last_place = stayed.last_place
            and measured.touchpoint = stayed.touchpoint
    left join inhabited
        on
            places.first_place = inhabited.first_place
            and places.last_place = inhabited.last_place
    left join answered
        on
            measured.first_place = answered.first_place
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
        stage_model asc nulls last,
        stage_position asc nulls last,
        stage asc nulls last,
        touchpoint asc nulls last
)

select * from sorted
