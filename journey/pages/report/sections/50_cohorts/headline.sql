select
    format(
        'Of those who first ordered, {:.1f}% ordered again in the calendar month after.',
        retention_rate * 100
    ) as headline
from section
where
    cohort_basis = 'first_order'
    and activity = 'order'
    and grain = 'month'
    and "window" = 'calendar'
    and segment = 'all'
    and cohort_start is null
    and period_number = 1
    and not is_small
