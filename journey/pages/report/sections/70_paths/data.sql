-- The paths as a tree: a row is a beginning of paths, with all paths that begin so, open ones and
-- those that no order has followed included.
with paths as (
    select
        path_type,
        path,
        paths,
        people,
        conversions,
        case when path = '(other)' then [path] else string_split(path, ' > ') end as steps
    from marts.journey_paths
),

beginnings as (
    select
        path_type,
        unnest(range(1, least(len(steps), 6) + 1)) as depth,
        steps,
        paths,
        conversions
    from paths
),

added as (
    select
        path_type,
        depth,
        array_to_string(steps[:depth], ' > ') as path,
        steps[depth] as step,
        cast(sum(paths) as bigint) as paths,
        cast(sum(conversions) as bigint) as conversions,
        -- Of these, the paths that went no further.
        cast(coalesce(sum(paths) filter (len(steps) = depth), 0) as bigint) as ended_here
    from beginnings
    group by all
),

totals as (
    select
        path_type,
        0 as depth,
        '' as path,
        'all' as step,
        cast(sum(paths) as bigint) as paths,
        cast(sum(conversions) as bigint) as conversions,
        cast(0 as bigint) as ended_here
    from paths
    group by path_type
),

tree as (
    select * from totals
    union all
    select * from added
)

select
    tree.path_type,
    tree.path,
    tree.depth,
    tree.step,
    tree.paths,
    tree.paths / totals.paths as share_of_paths,
    tree.conversions,
    tree.conversions / tree.paths as conversion_rate,
    tree.ended_here,
    tree.paths < 30 as is_small
from tree
inner join totals on tree.path_type = totals.path_type
-- Beginnings of one path in two hundred are the picture; the mart has them all.
where tree.paths >= totals.paths / 200
order by tree.path_type desc, tree.depth asc, tree.paths desc, tree.path asc
