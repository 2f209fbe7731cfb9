{{ config(meta={'keyed_by': 'person_number'}) }}

with entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

stage_models as (
    select * from {{ ref('stage_names') }}
),

-- a lapse is called the same in every vocabulary and has no place in the order
lapses as (
    select distinct
        stage_model,
        'lapsed' as canonical_stage,
        'lapsed' as stage,
        cast(null as {{ dbt.type_int() }}) as stage_position
    from stage_models
),

vocabulary as (
    select
        stage_model,
        canonical_stage,
        stage,
        stage_position
    from stage_models
    union all
    select
        stage_model,
        canonical_stage,
        stage,
        stage_position
    from lapses
),

followed as (
    select
        person_number,
        entry_number,
        stage,
        entered_at,
        lag(stage) over (
            partition by person_number order by entry_number asc nulls last
        ) as previous_stage
    from entries
),

named as (
    select
        vocabulary.stage_model,
        followed.person_number,
        followed.entry_number,
        vocabulary.stage,
        vocabulary.stage_position,
        previous_vocabulary.stage as from_stage,
        previous_vocabulary.stage_position as from_position,
        followed.entered_at
    from followed
    inner join vocabulary
        on followed.stage = vocabulary.canonical_stage
    left join vocabulary as previous_vocabulary
        on
            followed.previous_stage = previous_vocabulary.canonical_stage
            and vocabulary.stage_model = previous_vocabulary.stage_model
),

-- entries between two kept ones repeat the stage of the first, so the name of the entry just
-- before is the name of the stage left
collapsed as (
    select *
    from named
    where
        from_stage is null
        or stage <> from_stage
),

mapped as (
    select
        stage_model,
        person_number,
        cast(row_number() over each_journey as {{ dbt.type_int() }}) as step_number,
        entry_number,
        stage,
        stage_position,
        entered_at,
        lead(entered_at) over each_journey as left_at,
        from_stage,
        from_position,
        lag(entered_at) over each_journey as entered_from_at
    from collapsed
    window each_journey as (
        partition by stage_model, person_number
        order by entry_number asc nulls last
    )
)

select * from mapped
