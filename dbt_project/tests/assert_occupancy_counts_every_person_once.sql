{{ config(meta={'description': 'Every stage model places every person who ever entered a stage'}) }}

with occupancy as (
    select * from {{ ref('stage_occupancy') }}
),

entries as (
    select * from {{ ref('stage_entries') }}
),

placed as (
    select
        stage_model,
        cast(sum(people) as bigint) as people
    from occupancy
    group by stage_model
),

entered as (
    select count(distinct person_id) as people
    from entries
),

unequal as (
    select
        placed.stage_model,
        placed.people,
        entered.people as people_entered
    from placed
    cross join entered
    where placed.people <> entered.people
)

select * from unequal
