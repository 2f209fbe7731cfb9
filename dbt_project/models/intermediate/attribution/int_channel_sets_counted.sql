with paths as (
    select * from {{ ref('int_channel_paths_joined') }}
),

channel_sets as (
    select
        channel_set,
        cast(sum(case when is_conversion then 1 else 0 end) as bigint) as conversions,
        cast(count(*) as bigint) as paths
    from paths
    group by channel_set
)

select * from channel_sets
