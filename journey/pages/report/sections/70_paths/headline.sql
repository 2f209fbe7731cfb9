-- Over all paths of channels, and the first channel that most often leads to an order.
with channels as (
    select *
    from section
    where path_type = 'channel' and step <> '(other)'
),

best as (
    select
        step,
        conversion_rate
    from channels
    where depth = 1 and not is_small and conversions > 0
    order by conversion_rate desc, step asc
    limit 1
)

select
    format(
        '{:.1f}% of all paths ended in an order; of those that began with {}, {:.1f}%.',
        overall.conversion_rate * 100,
        name_of('channel', best.step),
        best.conversion_rate * 100
    ) as headline
from channels as overall
cross join best
where overall.depth = 0
