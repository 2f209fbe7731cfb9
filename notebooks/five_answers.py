"""Five questions to the published snapshot, each answered by one query, a picture and a reading.

Open it with `journey notebook`, or run it: `python notebooks/five_answers.py`. It reads the
warehouse of JOURNEY_CONFIG and JOURNEY_DATA_DIR, like every `journey` command. Copy it to begin
your own.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Journey Warehouse: five worked answers",
)


@app.cell
def _():
    import contextlib

    import altair as alt
    import marimo as mo

    from journey import read
    from journey.core import errors, settings

    return alt, contextlib, errors, mo, read, settings


@app.cell
def _(contextlib, errors, read, settings):
    # Open as long as the notebook is; it keeps the version that it opened.
    opened = contextlib.ExitStack()
    try:
        snapshot = opened.enter_context(read.open_snapshot(settings.Settings.load()))
    except errors.JourneyError as error:
        raise SystemExit(f"journey: {error}") from None

    def ask(query):
        return snapshot.connection.sql(query).df()

    return ask, snapshot


@app.cell
def _(mo, snapshot):
    mo.md(
        f"""
        # The customer journey: five worked answers

        Version {snapshot.version.name}, as of {snapshot.version.as_of:%Y-%m-%d %H:%M} UTC. The
        queries read the marts and nothing else; `show tables` lists them, and the page of
        `journey docs` says what every column means.
        """
    )
    return


@app.cell
def _(mo):
    mo.md("""
    ## 1. Where do people drop off?

    Each bar is all people who got this far or further. Of these, some went on, some dropped out
    (they have lapsed here) and the rest is still open: they may yet go on.
    """)
    return


@app.cell
def _(ask):
    drop_off = ask("""
        select stage, stage_position, entered, outcome, people, drop_off_rate, median_hours
        from (
            unpivot stage_funnel
            on converted, dropped, still_open
            into name outcome value people
        )
        where stage_model in (select stage_model from stage_names where is_default)
            and month is null and acquisition_channel is null
        order by stage_position, outcome
    """)
    return (drop_off,)


@app.cell
def _(alt, drop_off, mo):
    _picture = (
        alt.Chart(drop_off, title="What became of those who entered each stage")
        .mark_bar()
        .encode(
            alt.X("people:Q"),
            alt.Y("stage:N", title=None, sort=alt.EncodingSortField("stage_position", op="min")),
            alt.Color("outcome:N", title=None).scale(range=["#4c78a8", "#f58518", "#bab0ac"]),
            tooltip=["stage", "outcome", "people", "entered"],
        )
        .properties(width=640)
    )
    mo.vstack([_picture, drop_off])
    return


@app.cell
def _(mo):
    mo.md("""
    ## 2. Which channels bring customers who come back?

    Customers by the channel that first brought them, and the share of them who were active in each
    of the eight weeks after the first order. Complete weeks only, and cohorts added up, so that
    every person weighs the same. Few people say little: the larger the dot, the more customers.
    """)
    return


@app.cell
def _(ask):
    returning = ask("""
        select segment as channel, period_number as week, cohort_size, active_people,
            retention_rate
        from cohort_retention_overall as retention
        where cohort_basis = 'first_order' and activity = 'active' and grain = 'week'
            and retention.window = 'rolling' and segment_type = 'channel'
            and period_number between 1 and 8
        order by channel, week
    """)
    return (returning,)


@app.cell
def _(alt, mo, returning):
    _lines = alt.Chart(
        returning, title="Share of customers active in the weeks after the first order"
    ).encode(
        alt.X("week:O", title="week after the first order"),
        alt.Y("retention_rate:Q", title="share active").axis(format=".0%"),
        alt.Color("channel:N"),
        tooltip=["channel", "week", "active_people", "cohort_size"],
    )
    _dots = _lines.mark_circle(opacity=1).encode(alt.Size("cohort_size:Q", title="customers"))
    mo.vstack([(_lines.mark_line() + _dots).properties(width=640), returning])
    return


@app.cell
def _(mo):
    mo.md("""
    ## 3. How long does it take from the first touch to the first order?

    One bar a day; the line is the median, by which half of the customers had ordered. The tail is
    why a short attribution or conversion window misses orders.
    """)
    return


@app.cell
def _(ask):
    time_to_order = ask("""
        with customers as (
            select date_diff('day', first_touch_at, first_order_at) as days
            from people
            where first_order_at is not null
        )
        select days, count(*) as customers, any_value(median) as median
        from customers
        cross join (select median(days) as median from customers)
        group by days
        order by days
    """)
    return (time_to_order,)


@app.cell
def _(alt, mo, time_to_order):
    _bars = (
        alt.Chart(time_to_order, title="Days from the first touch to the first order")
        .mark_bar()
        .encode(
            alt.X("days:Q", title="days").bin(step=1),
            alt.Y("customers:Q"),
            tooltip=["days", "customers"],
        )
    )
    _line = alt.Chart(time_to_order).mark_rule(color="black").encode(alt.X("min(median):Q"))
    mo.vstack([(_bars + _line).properties(width=640), time_to_order])
    return


@app.cell
def _(mo):
    mo.md("""
    ## 4. What do the attribution models disagree about?

    Every model hands out the same orders. A channel whose marks lie far apart is one that begins
    journeys (more with `first`) or ends them (more with `last`); `spread` is the distance. Where
    much money hangs on it, run an experiment instead of choosing a model.
    """)
    return


@app.cell
def _(ask):
    attribution = ask("""
        select channel, attribution_model, conversions,
            max(conversions) over (partition by channel)
            - min(conversions) over (partition by channel) as spread
        from channel_attribution
        where month is null
        order by spread desc, channel, attribution_model
    """)
    return (attribution,)


@app.cell
def _(alt, attribution, mo):
    _picture = (
        alt.Chart(attribution, title="Orders credited to each channel, by model")
        .mark_point(filled=True, size=70)
        .encode(
            alt.X("conversions:Q", title="orders"),
            alt.Y(
                "channel:N",
                title=None,
                sort=alt.EncodingSortField("spread", op="max", order="descending"),
            ),
            alt.Color("attribution_model:N", title="model"),
            alt.Shape("attribution_model:N", title="model"),
            tooltip=["channel", "attribution_model", "conversions", "spread"],
        )
        .properties(width=640)
    )
    mo.vstack([_picture, attribution])
    return


@app.cell
def _(mo):
    mo.md("""
    ## 5. What comes next?

    Each row shares out all the steps that left a stage: of those, so many went there. `lapsed` is
    nothing heard for longer than the stage allows; what no person did is left white.
    """)
    return


@app.cell
def _(ask):
    next_stage = ask("""
        select matrix.from_stage, matrix.to_stage, matrix.transitions, matrix.people,
            matrix.share_of_from, matrix.median_hours, matrix.is_small,
            case matrix.from_stage when 'start' then 0 when 'lapsed' then 99
                else origin.stage_position end as from_position,
            case matrix.to_stage when 'lapsed' then 99
                else target.stage_position end as to_position
        from stage_transition_matrix as matrix
        left join stage_occupancy as origin
            on matrix.stage_model = origin.stage_model and matrix.from_stage = origin.stage
        inner join stage_occupancy as target
            on matrix.stage_model = target.stage_model and matrix.to_stage = target.stage
        where matrix.stage_model in (select stage_model from stage_names where is_default)
            and matrix.month is null and matrix.acquisition_channel is null
            and matrix.transitions > 0
        order by from_position, to_position
    """)
    return (next_stage,)


@app.cell
def _(alt, mo, next_stage):
    _cells = alt.Chart(next_stage, title="Share of the steps out of each stage").encode(
        alt.X("to_stage:N", title="to", sort=alt.EncodingSortField("to_position", op="min")),
        alt.Y("from_stage:N", title="from", sort=alt.EncodingSortField("from_position", op="min")),
        tooltip=["from_stage", "to_stage", "transitions", "people", "median_hours"],
    )
    _picture = _cells.mark_rect().encode(
        alt.Color("share_of_from:Q", title="share").scale(scheme="blues", domain=[0, 1])
    )
    _figures = _cells.mark_text().encode(
        alt.Text("share_of_from:Q", format=".0%"),
        color=alt.condition("datum.share_of_from > 0.5", alt.value("white"), alt.value("black")),
    )
    mo.vstack([(_picture + _figures).properties(width=640), next_stage])
    return


if __name__ == "__main__":
    app.run()
