with entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

stage_paths as (
    select
        person_id,
        {{ joined_in_order('stage', 'entry_number', "' > '") }} as path,
        min(entered_at) as started_at
    from entries
    group by person_id
),

paths as (
    select
        stage_paths.person_id,
        stage_paths.path,
        stage_paths.started_at,
        people.first_order_at as converted_at
    from stage_paths
    inner join people on stage_paths.person_id = people.person_id
)

select * from paths
