-- Details of findings name people's keys: they are left where they are.
with last_run as (
    select arg_max(run_id, run_at) as run_id
    from marts.data_quality
)

select
    quality.asset,
    quality.check_kind,
    count(*) as checks,
    count(*) filter (quality.is_passed) as held,
    string_agg(quality.check_name, ', ' order by quality.check_name)
        filter (not quality.is_passed) as did_not_hold
from marts.data_quality as quality
inner join last_run on quality.run_id = last_run.run_id
where quality.check_kind in ('expectation', 'warehouse') and quality.is_passed is not null
group by all
order by did_not_hold is null, quality.asset, quality.check_kind
