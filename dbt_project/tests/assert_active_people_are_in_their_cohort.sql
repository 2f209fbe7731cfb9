{{ config(
    meta={'description': 'Active people are among the returning ones, and those in the cohort'}
) }}

with cells as (
    select * from {{ ref('cohort_retention') }}
),

impossible as (
    select *
    from cells
    where
        active_people < 0
        or active_people > returning_unbounded
        or returning_unbounded > cohort_size
        or active_people > orders
)

select * from impossible
