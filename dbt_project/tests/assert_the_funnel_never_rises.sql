{{ config(meta={'description': 'People who entered a stage entered those before it'}) }}

with funnel as (
    select * from {{ ref('stage_funnel') }}
),

followed as (
    select
        *,
        lag(entered) over (
            partition by stage_model, month, acquisition_channel
            order by stage_position asc nulls last
        ) as entered_before
    from funnel
),

rising as (
    select *
    from followed
    where
        entered > entered_before
        or observed > entered
        or entered <> coalesce(converted, 0) + dropped + still_open
)

select * from rising
