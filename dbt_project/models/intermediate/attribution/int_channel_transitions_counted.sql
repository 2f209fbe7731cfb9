with path_touches as (
    select * from {{ ref('int_path_touches_ordered') }}
),

neighbours as (
    select
        channel,
        is_conversion,
        lag(channel) over (
            partition by path_id
            order by visit_number asc nulls last
        ) as previous_channel,
        lead(visit_number) over (
            partition by path_id
            order by visit_number asc nulls last
        ) as next_visit_number
    from path_touches
),

-- Staying in a channel is no step: repeats of a channel are one state of the chain.
steps as (
    select
        coalesce(previous_channel, '(start)') as from_state,
        channel as to_state
    from neighbours
    where previous_channel is distinct from channel

    union all

    select
        channel as from_state,
        case when is_conversion then '(conversion)' else '(null)' end as to_state
    from neighbours
    where next_visit_number is null
),

transitions as (
    select
        from_state,
        to_state,
        cast(count(*) as bigint) as transitions
    from steps
    group by from_state, to_state
)

select * from transitions
