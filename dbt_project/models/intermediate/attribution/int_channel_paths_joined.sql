{{ config(meta={'keyed_by': 'person_id'}) }}

with path_touches as (
    select * from {{ ref('int_path_touches_ordered') }}
),

paths as (
    select
        path_id,
        min(person_id) as person_id,
        max(converted_at) is not null as is_conversion,
        {{ joined_in_order('channel', 'visit_number', "' > '") }} as path,
        {{ joined_set('channel', "' + '") }} as channel_set,
        min(started_at) as started_at,
        max(converted_at) as converted_at
    from path_touches
    group by path_id
)

select * from paths
