with best as (
    select
        path,
        conversions
    from section
    where path_type = 'channel' and conversions > 0
    order by conversions desc, path asc
    limit 1
),

steps as (
    select
        unnest(string_split(path, ' > ')) as step,
        generate_subscripts(string_split(path, ' > '), 1) as place,
        conversions
    from best
)

select
    format(
        'The path before most orders is {} ({:,} orders).',
        string_agg(name_of('channel', step), ' → ' order by place),
        any_value(conversions)
    ) as headline
from steps
having count(*) > 0
