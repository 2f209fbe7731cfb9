-- The newest cohort against the one before, in the month after they began; two proportions.
with cohorts as (
    select
        cohort,
        retention_rate as rate,
        cohort_size as size,
        row_number() over (order by cohort desc) as place
    from section
    where
        cohort_basis = 'first_order'
        and activity = 'order'
        and period_number = 1
        and cohort is not null
),

compared as (
    select
        latter.cohort,
        latter.rate,
        latter.rate - former.rate as difference,
        1.96 * sqrt(
            latter.rate * (1 - latter.rate) / latter.size
            + former.rate * (1 - former.rate) / former.size
        ) as reach
    from cohorts as latter
    inner join cohorts as former on latter.place = 1 and former.place = 2
)

select
    format(
        'Of the customers of {}, {:.1f}% ordered again in the month after: {}.',
        strftime(cohort, '%B %Y'),
        rate * 100,
        case
            when difference > reach then 'more than of the month before, beyond chance'
            when difference < -reach then 'fewer than of the month before, beyond chance'
            else 'no clear change from the month before'
        end
    ) as headline
from compared
