-- How does retention differ by acquisition channel?
-- Share of customers who ordered again one and two calendar months after their first order, over
-- the months that are complete, so that later months have fewer customers behind them. Channels of
-- at least 30 customers, and only what 30 customers tell.
select
    retention.segment as acquisition_channel,
    max(case when retention.period_number = 0 then retention.cohort_size end) as customers,
    max(case
        when retention.period_number = 1 and retention.cohort_size >= 30
            then retention.retention_rate
    end) as month_1,
    max(case
        when retention.period_number = 2 and retention.cohort_size >= 30
            then retention.retention_rate
    end) as month_2
from marts.cohort_retention_overall as retention
where
    retention.cohort_basis = 'first_order'
    and retention.activity = 'order'
    and retention.grain = 'month'
    and retention.window = 'calendar'
    and retention.segment_type in ('all', 'channel')
group by retention.segment_type, retention.segment
having customers >= 30
order by customers desc nulls last, acquisition_channel asc nulls last
