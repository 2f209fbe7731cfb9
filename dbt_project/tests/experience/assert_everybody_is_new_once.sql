-- Whatever the grain, the new people of all periods are the people with a first touch.
with lifecycle as (
    select * from {{ ref('lifecycle') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

new_people as (
    select
        grain,
        sum(people) as people
    from lifecycle
    where state = 'new'
    group by grain
),

broken as (
    select *
    from new_people
    where people <> (select count(*) from people)
)

select * from broken
