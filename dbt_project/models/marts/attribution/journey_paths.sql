with channel_paths as (
    select * from {{ ref('int_channel_paths_joined') }}
),

entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

stage_entries_joined as (
    select
        person_id,
        {{ joined_in_order('stage', 'entry_number', "' > '") }} as path,
        min(entered_at) as started_at
    from entries
    group by person_id
),

stage_paths as (
    select
        stage_entries_joined.person_id,
        stage_entries_joined.path,
        stage_entries_joined.started_at,
        people.first_order_at as converted_at
    from stage_entries_joined
    inner join people on stage_entries_joined.person_id = people.person_id
),

paths as (
    select
        'stage' as path_type,
        path,
        person_id,
        converted_at is not null as is_conversion,
        {{ microseconds_between('started_at', 'converted_at') }} as microseconds_to_conversion
    from stage_paths

    union all

    select
        'channel' as path_type,
        path,
        person_id,
        is_conversion,
        {{ microseconds_between('started_at', 'converted_at') }} as microseconds_to_conversion
    from channel_paths
),

paths_counted as (
    select
        path_type,
        path,
        count(distinct person_id) as people,
        sum(case when is_conversion then 1 else 0 end) as conversions
    from paths
    group by path_type, path
),

paths_ranked as (
    select
        path_type,
        path,
        row_number() over (
            partition by path_type
            order by
                people desc nulls last,
                conversions desc nulls last,
                path asc nulls last
        ) as path_rank
    from paths_counted
),

paths_told as (
    select
        paths.path_type,
        case when paths_ranked.path_rank <= 1000 then paths.path else '(other)' end as path,
        paths.person_id,
        paths.is_conversion,
        paths.microseconds_to_conversion
    from paths
    inner join paths_ranked
        on
            paths.path_type = paths_ranked.path_type
            and paths.path = paths_ranked.path
),

summed as (
    select
        path_type,
        path,
        cast(count(*) as bigint) as paths,
        cast(count(distinct person_id) as bigint) as people,
        cast(sum(case when is_conversion then 1 else 0 end) as bigint) as conversions,
        cast(sum(case when is_conversion then 1 else 0 end) as double) / count(*)
            as conversion_rate,
        {{ days(median('microseconds_to_conversion')) }} as median_days
    from paths_told
    group by path_type, path
),

sorted as (
    select *
    from summed
    order by
        path_type asc nulls last,
        people desc nulls last,
        conversions desc nulls last,
        path asc nulls last
)

select * from sorted
