with last_run as (
    select arg_max(run_id, run_at) as run_id
    from marts.data_quality
),

scopes as (
    select * from (values ('The last run', true), ('All runs', false)) as scopes (scope, is_last)
),

freshness as (
    select
        quality.asset,
        quality.source,
        quality.observed as days_behind,
        quality.is_passed as is_fresh
    from marts.data_quality as quality
    inner join last_run on quality.run_id = last_run.run_id
    where quality.check_kind = 'freshness'
),

counts as (
    select
        scopes.scope,
        scopes.is_last,
        quality.asset,
        quality.source,
        quality.check_name,
        sum(quality.observed) as observed
    from marts.data_quality as quality
    cross join scopes
    cross join last_run
    where
        quality.check_kind = 'delivery'
        and (not scopes.is_last or quality.run_id = last_run.run_id)
    group by all
),

totals as (
    select
        scope,
        is_last,
        asset,
        source,
        max(observed) filter (check_name = 'files') as files,
        max(observed) filter (check_name = 'rejected_files') as rejected_files,
        max(observed) filter (check_name = 'delivered') as delivered,
        max(observed) filter (check_name = 'loaded') as loaded,
        max(observed) filter (check_name = 'duplicate') as duplicate,
        max(observed) filter (check_name = 'restated') as restated,
        max(observed) filter (check_name = 'quarantined') as quarantined,
        max(observed) filter (check_name = 'forgotten') as forgotten
    from counts
    group by all
)

select
    scopes.scope,
    freshness.source,
    replace(freshness.asset, 'raw/', '') as kind,
    coalesce(totals.files, 0) as files,
    coalesce(totals.rejected_files, 0) as rejected_files,
    coalesce(totals.delivered, 0) as delivered,
    coalesce(totals.loaded, 0) as loaded,
    coalesce(totals.duplicate, 0) as duplicate,
    coalesce(totals.restated, 0) as restated,
    coalesce(totals.quarantined, 0) as quarantined,
    coalesce(totals.forgotten, 0) as forgotten,
    freshness.days_behind,
    freshness.is_fresh
from freshness
cross join scopes
left join totals
    on
        freshness.asset = totals.asset
        and freshness.source = totals.source
        and scopes.is_last = totals.is_last
order by scopes.is_last desc, freshness.asset asc, freshness.source asc
