"""The report after eight weekly runs of a shop whose truth changes on a known date: that is said.

From 2 November on half as many of those who put something into the cart go on to order; all else
of the shop stays as it is. Chance is that of a fixed hash, so that every run of the test is alike.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import duckdb
import pytest

from journey.core import sql
from journey.core.seeds import seed_files
from journey.pages.report.sections import read_sections

SECTIONS = {section.name: section for section in read_sections()}
CHANGED_ON = date(2026, 11, 2)
FIRST_RUN = date(2026, 10, 12)
RUNS = [FIRST_RUN + timedelta(weeks=week) for week in range(8)]

# 300 people come every day, each on the way that chance gives: a share of each stage goes on.
SHOP = f"""
    create schema base;
    create schema marts;
    create macro chance(person, what) as hash(person, what) % 1000003 / 1000003.0;

    create table base.ways as
    select
        person,
        'anon:' || person as person_id,
        timestamp '2026-08-03' + to_days(cast(person // 200 as int))
            + to_seconds(cast(chance(person, 'instant') * 80000 as bigint)) as came_at,
        chance(person, 'consideration') < 0.6 as considered,
        considered and chance(person, 'intent') < 0.5 as intended,
        intended and chance(person, 'order')
            < case when came_at < timestamp '{CHANGED_ON}' then 0.6 else 0.3 end as ordered
    from range(119 * 200) as people (person);

    create table base.stage_transitions as
    select 'digital' as stage_model, person_id, stage as to_stage,
        came_at + to_minutes(place * 5) as transitioned_at
    from base.ways
    cross join (values ('Awareness', 0), ('Consideration', 1), ('Intent', 2), ('Purchase', 3))
        as stages (stage, place)
    where [true, considered, intended, ordered][place + 1];

    create table base.orders as
    select
        came_at + to_minutes(15) as ordered_at,
        true as is_counted,
        20 + 60 * chance(person, 'basket') as net_revenue
    from base.ways where ordered;

    -- A third comes back a week later, and one in ten answers.
    create table base.touchpoints as
    select person_id, came_at as occurred_at, 'web:page_view' as touchpoint, true as is_inbound,
        null::double as score
    from base.ways
    union all
    select person_id, came_at + interval 7 day, 'web:page_view', true, null
    from base.ways where chance(person, 'return') < 0.33
    union all
    select person_id, came_at + interval 1 hour, 'feedback:nps', true,
        floor(11 * chance(person, 'score'))
    from base.ways where chance(person, 'answer') < 0.1;

    create view marts.stage_transitions as
    from base.stage_transitions where transitioned_at < getvariable('as_of');
    create view marts.orders as from base.orders where ordered_at < getvariable('as_of');
    create view marts.touchpoints as from base.touchpoints where occurred_at < getvariable('as_of');
    create view marts.people as
    select person_id, came_at as first_touch_at, 'direct' as acquisition_channel
    from base.ways where came_at < getvariable('as_of');
    create view marts.stage_names as
    select 'digital' as stage_model, true as is_default, lower(stage) as canonical_stage, stage,
        place as stage_position
    from (values ('Awareness', 1), ('Consideration', 2), ('Intent', 3), ('Purchase', 4))
        as stages (stage, place);
    create view marts.stage_funnel as
    select
        'digital' as stage_model, null::date as month, null::varchar as acquisition_channel,
        stage, stage_position, entered, entered as observed, converted,
        entered - converted as dropped, 0 as still_open, converted / entered as conversion_rate,
        1 - conversion_rate as drop_off_rate, conversion_rate as conversion_rate_in_window,
        30 as window_days, 1.0 as share_of_start, 0.1 as median_hours, 0.1 as mean_hours,
        false as is_small
    from (
        select *, lead(entered) over (order by stage_position) as converted
        from (
            select to_stage as stage, names.stage_position, count(*) as entered
            from marts.stage_transitions
            inner join marts.stage_names as names on to_stage = names.stage
            group by all
        )
    );
    set variable stage_model = 'digital';
"""


@pytest.fixture(scope="module")
def shop() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(SHOP)
        names = sql.file(seed_files(None)["display_names"])
        connection.execute(
            f"create table display_names as from read_csv({names}, all_varchar = true)"
        )
        connection.execute("create macro name_of(kind, given) as given")
        yield connection


@pytest.fixture(scope="module")
def headlines(shop: duckdb.DuckDBPyConnection) -> Callable[[str], dict[date, str]]:
    """What a section said after each run."""

    def said(section: str) -> dict[date, str]:
        found = {}
        for as_of in RUNS:
            shop.execute(f"set variable as_of = timestamp '{as_of}'")
            shop.execute(f"create or replace table section as {SECTIONS[section].query}")
            row = shop.execute(str(SECTIONS[section].headline)).fetchone()
            found[as_of] = row[0] if row else ""
        return found

    return said


def test_the_week_after_the_change_leads_with_it_and_no_other_week_says_one(
    headlines: Callable[[str], dict[date, str]],
) -> None:
    said = headlines("glance")
    changed = {as_of for as_of, text in said.items() if "No metric changed" not in text}
    assert changed == {CHANGED_ON + timedelta(weeks=1)}, said
    assert said[CHANGED_ON + timedelta(weeks=1)].startswith(("Orders fell", "Net revenue fell"))


def test_the_funnel_names_the_stage_that_changed_and_no_other(
    headlines: Callable[[str], dict[date, str]],
) -> None:
    """A week late, as people have had a week to go on; until it is four weeks old."""
    said = headlines("funnel")
    changes = {as_of: text for as_of, text in said.items() if text.startswith("Conversion")}
    assert set(changes) == {as_of for as_of in RUNS if as_of > CHANGED_ON + timedelta(weeks=1)}, (
        said
    )
    for text in changes.values():
        assert text.startswith("Conversion from Intent within 7 days fell by "), text
    assert {text.split(":")[0] for as_of, text in said.items() if as_of <= CHANGED_ON} == {
        "Most people are lost at Awareness"
    }
