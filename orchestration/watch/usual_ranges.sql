-- Where each figure of a night lies beside those of the nights before it: the median of them,
-- more or less so many times the median distance from it, and never less than the least move.
-- Few nights, or few people behind a figure, have no usual range.
with this_night as (
    select
        figure,
        value,
        people,
        as_of
    from figures
    where version = getvariable('version')
),

-- an instant that was published again is one night, told by its newest version
earlier as (
    select
        figures.figure,
        figures.as_of,
        figures.value
    from figures
    inner join this_night
        on
            figures.figure = this_night.figure
            and figures.as_of < this_night.as_of
    where
        figures.value is not null
        and figures.people >= getvariable('smallest_sample')
    qualify row_number() over (
        partition by figures.figure, figures.as_of
        order by figures.version desc nulls last
    ) = 1
),

counted_back as (
    select
        figure,
        value,
        row_number() over (
            partition by figure
            order by as_of desc nulls last
        ) as nights_ago
    from earlier
),

usual as (
    select
        figure,
        count(*) as nights,
        median(value) as middle,
        greatest(getvariable('mads') * mad(value), getvariable('least_move')) as reach
    from counted_back
    where nights_ago <= getvariable('nights')
    group by figure
),

judged as (
    select
        this_night.figure,
        this_night.value,
        usual.middle - usual.reach as low,
        usual.middle + usual.reach as high,
        usual.nights
    from this_night
    inner join usual
        on this_night.figure = usual.figure
    where
        this_night.people >= getvariable('smallest_sample')
        and usual.nights >= getvariable('least_nights')
)

select * from judged
order by figure asc nulls last
