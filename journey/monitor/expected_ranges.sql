-- Where each figure of a run lies beside those of the runs before it: the median of them,
-- more or less so many times the median distance from it, and never less than the smallest change.
-- Few runs, or few people behind a figure, have no expected range. Every earlier run is judged
-- likewise, for the first of those in a row on which the figure was out of its range.

-- an instant that was published again is one run, shown by its newest version
with considered as (
    select
        figure,
        as_of,
        value
    from figures
    where
        value is not null
        and people >= getvariable('min_sample')
        and (as_of < getvariable('as_of') or version = getvariable('version'))
    qualify row_number() over (
        partition by figure, as_of
        order by version desc nulls last
    ) = 1
),

numbered as (
    select
        *,
        row_number() over (
            partition by figure
            order by as_of asc nulls last
        ) as number
    from considered
),

compared as (
    select
        run.figure,
        run.as_of,
        run.value,
        count(*) as runs,
        median(earlier.value) as middle,
        greatest(
            getvariable('mad_threshold') * mad(earlier.value),
            getvariable('min_change')
        ) as reach
    from numbered as run
    inner join numbered as earlier
        on
            run.figure = earlier.figure
            and run.number > earlier.number
            and run.number <= earlier.number + getvariable('runs')
    group by run.figure, run.as_of, run.value
),

judged as (
    select
        figure,
        as_of,
        value,
        runs,
        middle - reach as low,
        middle + reach as high,
        value between middle - reach and middle + reach as is_expected
    from compared
    where runs >= getvariable('min_history')
),

last_expected as (
    select
        figure,
        max(as_of) as as_of
    from judged
    where is_expected
    group by figure
),

out_since as (
    select
        judged.figure,
        min(judged.as_of) as as_of
    from judged
    left join last_expected
        on judged.figure = last_expected.figure
    where last_expected.as_of is null or judged.as_of > last_expected.as_of
    group by judged.figure
)

select
    judged.figure,
    judged.value,
    judged.low,
    judged.high,
    judged.runs,
    out_since.as_of as out_since
from judged
left join out_since
    on judged.figure = out_since.figure
where judged.as_of = getvariable('as_of')
order by judged.figure asc nulls last
