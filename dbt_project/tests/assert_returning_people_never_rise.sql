{{ config(
    meta={'description': 'People who return in a period or later return in an earlier one or later'}
) }}

with cells as (
    select * from {{ ref('cohort_retention') }}
),

followed as (
    select
        *,
        lag(returning_unbounded) over (
            partition by
                cohort_basis,
                activity,
                grain,
                {{ adapter.quote('window') }},
                segment_type,
                segment,
                cohort_start
            order by period_number asc nulls last
        ) as returning_before
    from cells
),

rising as (
    select *
    from followed
    where returning_unbounded > returning_before
)

select * from rising
