{{ config(
    meta={'description': 'The attribute of a segment type is a column of int_people_profiled'}
) }}

with segment_types as (
    select * from {{ ref('segment_types') }}
),

attributes as (
    select 'everyone' as attribute_name
    {%- for column in adapter.get_columns_in_relation(ref('int_people_profiled')) %}
    union all
    select '{{ column.name }}' as attribute_name
    {%- endfor %}
),

unknown as (
    select segment_types.segment_type
    from segment_types
    left join attributes
        on segment_types.attribute = attributes.attribute_name
    where attributes.attribute_name is null
)

select * from unknown
