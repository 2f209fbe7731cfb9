{{ config(
    meta={'description': 'Months, channels, both and neither each add up to all transitions'}
) }}

with matrix as (
    select * from {{ ref('stage_transition_matrix') }}
),

transitions as (
    select * from {{ ref('stage_transitions') }}
),

families as (
    select
        stage_model,
        month is null as is_all_months,
        acquisition_channel is null as is_all_channels,
        cast(sum(transitions) as bigint) as transitions
    from matrix
    group by
        stage_model,
        month is null,
        acquisition_channel is null
),

totals as (
    select
        stage_model,
        count(*) as transitions,
        4 as family_count
    from transitions
    group by stage_model
),

added_up as (
    select
        stage_model,
        transitions,
        count(*) as family_count
    from families
    group by
        stage_model,
        transitions
),

unequal as (
    select
        totals.stage_model,
        totals.transitions,
        added_up.transitions as transitions_of_families
    from totals
    full outer join added_up
        on
            totals.stage_model = added_up.stage_model
            and totals.transitions = added_up.transitions
            and totals.family_count = added_up.family_count
    where
        totals.stage_model is null
        or added_up.stage_model is null
)

select * from unequal
