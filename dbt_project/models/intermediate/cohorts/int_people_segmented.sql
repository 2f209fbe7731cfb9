-- `everyone` is the attribute that is the same for all people
with people as (
    select
        *,
        'all' as everyone
    from {{ ref('int_people_profiled') }}
),

segment_types as (
    select * from {{ ref('segment_types') }}
),

-- which columns are segments is rows of the seed, so that none is named here
described as (
    select
        person_id,
        {{ row_with_names('people') }} as attributes
    from people
),

typed as (
    select
        described.person_id,
        segment_types.segment_type,
        coalesce({{ named_text('described.attributes', 'segment_types.attribute') }}, '(none)')
            as segment_value,
        segment_types.max_segments,
        segment_types.is_retrospective
    from described
    cross join segment_types
),

sized as (
    select
        segment_type,
        segment_value,
        count(*) as people
    from typed
    group by
        segment_type,
        segment_value
),

ranked as (
    select
        segment_type,
        segment_value,
        row_number() over (
            partition by segment_type
            order by people desc nulls last, segment_value asc nulls last
        ) as size_rank
    from sized
),

segmented as (
    select
        typed.person_id,
        typed.segment_type,
        case when ranked.size_rank <= typed.max_segments then typed.segment_value else 'other' end
            as segment,
        typed.is_retrospective
    from typed
    inner join ranked
        on
            typed.segment_type = ranked.segment_type
            and typed.segment_value = ranked.segment_value
)

select * from segmented
