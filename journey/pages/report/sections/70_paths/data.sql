with ranked as (
    select
        *,
        row_number() over (
            partition by path_type
            order by people desc, path asc
        ) as path_rank
    from marts.journey_paths
    where path <> '(other)'
)

select
    path_type,
    path,
    paths,
    people,
    conversions,
    conversion_rate,
    median_days
from ranked
where path_rank <= 15
order by path_type desc, path_rank asc
