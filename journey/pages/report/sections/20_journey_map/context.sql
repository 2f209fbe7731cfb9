-- What happens to people in each stage, in the periods of the map. A step belongs to the period in
-- which it was taken, an answer to that in which it was given.
with zone as (
    select coalesce(getvariable('time_zone'), 'UTC') as name
),

stages as (
    select distinct
        stage_model,
        stage,
        stage_position
    from marts.stage_names
),

-- The same 90 days as the mart's: whole days of the reporting time zone.
recent as (
    select cast(timezone(name, timezone('UTC', getvariable('as_of'))) as date) - 90 as first_date
    from zone
),

steps as (
    select
        transitions.stage_model,
        transitions.from_stage,
        transitions.to_stage,
        transitions.direction,
        transitions.person_id,
        transitions.hours_in_from_stage,
        coalesce(transitions.channel, 'direct') as channel,
        cast(timezone(zone.name, timezone('UTC', transitions.transitioned_at)) as date)
            as step_date
    from marts.stage_transitions as transitions
    cross join zone
),

steps_in_periods as (
    select
        steps.*,
        unnest(
            ['overall', strftime(steps.step_date, '%Y-%m')]
            || case when steps.step_date >= recent.first_date then ['last_90_days'] else [] end
        ) as period
    from steps
    cross join recent
),

left_stages as (
    select
        period,
        stage_model,
        from_stage as stage,
        count(*) as steps_out,
        count(*) filter (direction in ('forward', 'skip')) as steps_forward,
        count(*) filter (direction = 'back') as steps_back,
        count(*) filter (direction = 'lapse') as lapses,
        median(hours_in_from_stage) as median_hours
    from steps_in_periods
    group by all
),

entered_stages as (
    select
        period,
        stage_model,
        to_stage as stage,
        count(distinct person_id) as people_entered
    from steps_in_periods
    group by all
),

channels_counted as (
    select
        period,
        stage_model,
        to_stage as stage,
        channel,
        count(*) as steps_in,
        count(*) / sum(count(*)) over (partition by period, stage_model, to_stage) as share,
        row_number() over (
            partition by period, stage_model, to_stage
            order by count(*) desc, channel asc
        ) as place
    from steps_in_periods
    where to_stage <> 'lapsed'
    group by period, stage_model, to_stage, channel
),

channels as (
    select
        period,
        stage_model,
        stage,
        max(channel) filter (place = 1) as channel_1,
        max(share) filter (place = 1) as channel_1_share,
        max(channel) filter (place = 2) as channel_2,
        max(share) filter (place = 2) as channel_2_share,
        max(channel) filter (place = 3) as channel_3,
        max(share) filter (place = 3) as channel_3_share
    from channels_counted
    group by all
),

models as (
    select distinct stage_model from stages
),

answers as (
    select
        models.stage_model,
        answers.person_id,
        answers.occurred_at,
        replace(answers.touchpoint, 'feedback:', '') as kind,
        answers.score,
        cast(timezone(zone.name, timezone('UTC', answers.occurred_at)) as date) as answer_date
    from marts.touchpoints as answers
    cross join models
    cross join zone
    where answers.touchpoint in ('feedback:nps', 'feedback:csat', 'feedback:review')
),

-- Strictly before: what an answer signals is no reason for its own stage.
answers_placed as (
    select
        answers.*,
        entries.to_stage as stage
    from answers
    asof inner join marts.stage_transitions as entries
        on
            answers.stage_model = entries.stage_model
            and answers.person_id = entries.person_id
            and answers.occurred_at > entries.transitioned_at
),

answers_in_periods as (
    select
        answers_placed.*,
        unnest(
            ['overall', strftime(answers_placed.answer_date, '%Y-%m')]
            || case
                when answers_placed.answer_date >= recent.first_date then ['last_90_days']
                else []
            end
        ) as period
    from answers_placed
    cross join recent
),

satisfaction as (
    select
        period,
        stage_model,
        stage,
        count(*) filter (kind = 'nps') as nps_answers,
        (
            count(*) filter (kind = 'nps' and score >= 9)
            - count(*) filter (kind = 'nps' and score <= 6)
        ) * 100.0 / nullif(nps_answers, 0) as nps,
        count(*) filter (kind = 'csat') as csat_answers,
        count(*) filter (kind = 'csat' and score >= 4) / nullif(csat_answers, 0) as csat,
        count(*) as answers,
        count(*) filter (score <= case kind when 'nps' then 6 else 2 end) as low_answers
    from answers_in_periods
    group by period, stage_model, stage
),

-- What most of the low scores of a stage are about; the mart has months and all time.
topics_counted as (
    select
        coalesce(strftime(given.month, '%Y-%m'), 'overall') as period,
        names.stage_model,
        names.stage,
        given.topic,
        sum(given.low_share * given.responses) as low_answers
    from marts.satisfaction as given
    inner join marts.stage_names as names on given.stage = names.canonical_stage
    where given.topic is not null and given.topic <> 'none'
    group by all
),

topics as (
    select
        period,
        stage_model,
        stage,
        arg_max(topic, (low_answers, topic)) as low_topic,
        cast(round(max(low_answers)) as bigint) as low_topic_answers
    from topics_counted
    where low_answers > 0.5
    group by all
),

touched as (
    select
        period,
        stage_model,
        stage,
        any_value(stage_position) as stage_position,
        any_value(stage_people) as stage_people,
        coalesce(max(touches) filter (touchpoint = 'support:opened'), 0) as tickets
    from marts.journey_map
    where stage <> 'none'
    group by all
)

select
    touched.period,
    touched.stage_model,
    touched.stage,
    touched.stage_position,
    -- Few touch anything while they are lapsed: those who lapsed are the people of that column.
    case
        when touched.stage = 'lapsed' then entered_stages.people_entered else touched.stage_people
    end as stage_people,
    case when touched.period = 'overall' then occupancy.people end as people_now,
    left_stages.median_hours,
    left_stages.steps_out,
    left_stages.steps_forward / left_stages.steps_out as forward_share,
    left_stages.steps_back / left_stages.steps_out as back_share,
    left_stages.lapses / left_stages.steps_out as lapse_share,
    left_stages.lapses,
    coalesce(left_stages.steps_out, 0) < 30 as is_small,
    channels.channel_1,
    channels.channel_1_share,
    channels.channel_2,
    channels.channel_2_share,
    channels.channel_3,
    channels.channel_3_share,
    -- Of fewer than 5 answers there is no figure, as in the mart.
    case when satisfaction.nps_answers >= 5 then satisfaction.nps end as nps,
    coalesce(satisfaction.nps_answers, 0) as nps_answers,
    case when satisfaction.csat_answers >= 5 then satisfaction.csat end as csat,
    coalesce(satisfaction.csat_answers, 0) as csat_answers,
    satisfaction.low_answers,
    satisfaction.low_answers / satisfaction.answers as low_share,
    coalesce(satisfaction.answers, 0) as answers,
    topics.low_topic,
    topics.low_topic_answers,
    touched.tickets
from touched
left join left_stages
    on
        touched.period = left_stages.period
        and touched.stage_model = left_stages.stage_model
        and touched.stage = left_stages.stage
left join entered_stages
    on
        touched.period = entered_stages.period
        and touched.stage_model = entered_stages.stage_model
        and touched.stage = entered_stages.stage
left join channels
    on
        touched.period = channels.period
        and touched.stage_model = channels.stage_model
        and touched.stage = channels.stage
left join satisfaction
    on
        touched.period = satisfaction.period
        and touched.stage_model = satisfaction.stage_model
        and touched.stage = satisfaction.stage
left join topics
    on
        touched.period = topics.period
        and touched.stage_model = topics.stage_model
        and touched.stage = topics.stage
left join marts.stage_occupancy as occupancy
    on touched.stage_model = occupancy.stage_model and touched.stage = occupancy.stage
order by touched.period asc, touched.stage_model asc, touched.stage_position asc nulls last
