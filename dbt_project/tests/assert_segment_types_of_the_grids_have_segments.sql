{{ config(
    meta={'description': 'Every segment type that a cohort grid names has people in segments'}
) }}

with grids as (
    select * from {{ ref('cohort_grids') }}
),

types as (
    select * from {{ ref('int_cohort_grids_segmented') }}
),

people_segments as (
    select * from {{ ref('int_people_segmented') }}
),

people as (
    select * from {{ ref('int_people_first_touched') }}
),

named as (
    select
        grain,
        length(segment_types) - length(replace(segment_types, ' ', '')) + 1 as type_count
    from grids
),

found as (
    select
        grain,
        count(*) as type_count
    from types
    group by grain
),

unknown as (
    select named.grain as name
    from named
    left join found
        on named.grain = found.grain
    where
        found.type_count is null
        or named.type_count <> found.type_count
),

segmented as (
    select distinct segment_type
    from people_segments
),

all_people as (
    select count(*) as people
    from people
),

empty as (
    select types.segment_type as name
    from types
    cross join all_people
    left join segmented
        on types.segment_type = segmented.segment_type
    where
        all_people.people > 0
        and segmented.segment_type is null
),

wrong as (
    select * from unknown
    union all
    select * from empty
)

select * from wrong
