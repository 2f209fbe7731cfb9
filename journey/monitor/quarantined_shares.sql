-- How much of what each source delivered went to quarantine, in the runs since the version before.
with delivered as (
    select
        source,
        sum(case when check_name = 'delivered' then observed end) as delivered,
        sum(case when check_name = 'quarantined' then observed end) as quarantined
    from marts.data_quality
    where
        check_kind = 'delivery'
        and run_at > getvariable('since')
    group by source
),

shared as (
    select
        source,
        cast(delivered as bigint) as delivered,
        cast(quarantined as bigint) as quarantined,
        quarantined / delivered as share
    from delivered
    where delivered > 0
)

select * from shared
order by
    share desc nulls last,
    source asc nulls last
