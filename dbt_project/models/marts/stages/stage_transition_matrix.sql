with steps as (
    select * from {{ ref('int_stage_entries_mapped') }}
),

entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

travellers as (
    select
        entries.person_number,
        people.acquisition_channel
    from entries
    inner join people
        on entries.person_id = people.person_id
    where entries.entry_number = 1
),

transitions as (
    select
        steps.stage_model,
        steps.person_number,
        steps.step_number,
        {{ period_start(
            'month', local_date('steps.entered_at', 'settings.reporting_time_zone')
        ) }} as month,
        travellers.acquisition_channel,
        coalesce(steps.from_stage, 'start') as from_stage,
        steps.stage as to_stage,
        {{ microseconds_between('steps.entered_from_at', 'steps.entered_at') }} as microseconds
    from steps
    inner join travellers
        on steps.person_number = travellers.person_number
    cross join settings
),

followed as (
    select
        stage_model,
        month,
        acquisition_channel,
        from_stage,
        to_stage,
        microseconds,
        lag(month) over (
            partition by stage_model, person_number, from_stage, to_stage
            order by step_number asc nulls last
        ) as previous_month
    from transitions
),

-- a person is counted at the first of their equal transitions, overall and in each month
-- (months follow each other as steps do), so that no slice has to hold distinct people
marked as (
    select
        stage_model,
        month,
        acquisition_channel,
        from_stage,
        to_stage,
        microseconds,
        case when previous_month is null then 1 else 0 end as is_first,
        case when previous_month is null or previous_month < month then 1 else 0 end
            as is_first_in_month
    from followed
),

measured as (
    {% for slice in month_and_channel_slices() %}
    select
        stage_model,
        {{ slice_columns(slice) | indent(8) }},
        from_stage,
        to_stage,
        count(*) as transitions,
        cast(sum({{ 'is_first_in_month' if 'month' in slice else 'is_first' }}) as bigint)
            as people,
        {{ quantile('microseconds', 0.5) }} as median_microseconds,
        {{ quantile('microseconds', 0.9) }} as p90_microseconds
    from marked
    group by {{ (['stage_model'] + slice + ['from_stage', 'to_stage']) | join(', ') }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

still_there_by_channel as (
    select
        steps.stage_model,
        travellers.acquisition_channel,
        steps.stage,
        count(*) as people
    from steps
    inner join travellers
        on steps.person_number = travellers.person_number
    where steps.left_at is null
    group by
        steps.stage_model,
        travellers.acquisition_channel,
        steps.stage
),

still_there as (
    select
        stage_model,
        acquisition_channel,
        stage,
        people
    from still_there_by_channel
    union all
    select
        stage_model,
        cast(null as {{ dbt.type_string() }}) as acquisition_channel,
        stage,
        cast(sum(people) as bigint) as people
    from still_there_by_channel
    group by
        stage_model,
        stage
),

shared as (
    select
        measured.stage_model,
        measured.month,
        measured.acquisition_channel,
        measured.from_stage,
        measured.to_stage,
        measured.transitions,
        measured.people,
        cast(measured.transitions as double)
        / sum(measured.transitions) over (
            partition by
                measured.stage_model,
                measured.month,
                measured.acquisition_channel,
                measured.from_stage
        ) as share_of_from,
        case
            when measured.month is null and measured.from_stage <> 'start'
                then coalesce(still_there.people, 0)
        end as people_still_in_from,
        {{ hours('measured.median_microseconds') }} as median_hours,
        {{ hours('measured.p90_microseconds') }} as p90_hours,
        measured.transitions < 30 as is_small
    from measured
    left join still_there
        on
            measured.stage_model = still_there.stage_model
            and measured.acquisition_channel is not distinct from still_there.acquisition_channel
            and measured.from_stage = still_there.stage
),

sorted as (
    select *
    from shared
    order by
        stage_model asc nulls first,
        month asc nulls first,
        acquisition_channel asc nulls first,
        from_stage asc nulls first,
        to_stage asc nulls first
)

select * from sorted
