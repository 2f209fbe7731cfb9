{{ config(meta={'description': 'Period 0 of orders since the first order is the cohort itself'}) }}

with cells as (
    select * from {{ ref('cohort_retention') }}
),

incomplete as (
    select *
    from cells
    where
        cohort_basis = 'first_order'
        and activity = 'order'
        and period_number = 0
        and active_people <> cohort_size
)

select * from incomplete
