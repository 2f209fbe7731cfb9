{#-
    An attribute is a column of a person's first touches; which of them are segments is rows of the
    seed `segment_types`. `everyone` is the attribute that nobody differs in.
-#}
{%- set attributes = ['acquisition_channel', 'acquisition_campaign', 'device', 'country'] -%}
with people as (
    select * from {{ ref('int_people_first_touched') }}
),

segment_types as (
    select * from {{ ref('segment_types') }}
),

attributes as (
    select
        person_id,
        'everyone' as attribute,
        'all' as value
    from people
    {%- for attribute in attributes %}
    union all
    select
        person_id,
        '{{ attribute }}' as attribute,
        coalesce({{ attribute }}, '(none)') as value
    from people
    {%- endfor %}
),

typed as (
    select
        attributes.person_id,
        segment_types.segment_type,
        attributes.value,
        segment_types.max_segments,
        segment_types.is_retrospective
    from attributes
    inner join segment_types
        on attributes.attribute = segment_types.attribute
),

sized as (
    select
        segment_type,
        value,
        count(*) as people
    from typed
    group by
        segment_type,
        value
),

ranked as (
    select
        segment_type,
        value,
        row_number() over (
            partition by segment_type
            order by people desc nulls last, value asc nulls last
        ) as size_rank
    from sized
),

segmented as (
    select
        typed.person_id,
        typed.segment_type,
        case when ranked.size_rank <= typed.max_segments then typed.value else 'other' end
            as segment,
        typed.is_retrospective
    from typed
    inner join ranked
        on
            typed.segment_type = ranked.segment_type
            and typed.value = ranked.value
)

select * from segmented
