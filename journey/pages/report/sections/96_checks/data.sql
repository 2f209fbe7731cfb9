-- What the models found worth a look is no check that held or failed: the run judges expectations.
-- Details of findings name people's keys: they are left where they are.
with last_run as (
    select arg_max(run_id, run_at) as run_id
    from marts.data_quality
)

select
    quality.asset,
    count(*) filter (quality.check_kind = 'expectation') as checks,
    count(*) filter (quality.check_kind = 'expectation' and quality.is_passed) as held,
    string_agg(quality.check_name, ', ' order by quality.check_name)
    filter (quality.check_kind = 'expectation' and not quality.is_passed) as did_not_hold,
    string_agg(
        replace(quality.check_name, '_', ' ')
        || ': '
        || cast(cast(quality.observed as bigint) as varchar),
        ', '
        order by quality.check_name
    ) filter (quality.check_kind = 'warehouse' and quality.observed > 0) as worth_a_look
from marts.data_quality as quality
inner join last_run on quality.run_id = last_run.run_id
where quality.check_kind in ('expectation', 'warehouse') and quality.is_passed is not null
group by all
having checks > 0 or worth_a_look is not null
order by did_not_hold is null, worth_a_look is null, quality.asset
