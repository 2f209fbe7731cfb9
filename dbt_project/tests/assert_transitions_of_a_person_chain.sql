{{ config(
    meta={'description': 'Every transition leaves the stage that the one before it entered'}
) }}

with transitions as (
    select * from {{ ref('stage_transitions') }}
),

followed as (
    select
        stage_model,
        person_id,
        transition_number,
        from_stage,
        entered_from_at,
        row_number() over each_journey as expected_number,
        lag(to_stage, 1, 'start') over each_journey as expected_stage,
        lag(transitioned_at) over each_journey as expected_at
    from transitions
    window each_journey as (
        partition by stage_model, person_id
        order by transition_number asc nulls last
    )
),

broken as (
    select *
    from followed
    where
        transition_number <> expected_number
        or from_stage <> expected_stage
        or entered_from_at is distinct from expected_at
)

select * from broken
