"""The lanes of the journey map: the same figures as the marts that have them."""

from pathlib import Path

import duckdb
import pytest

from tests.conftest import Shop


@pytest.fixture(scope="module")
def lanes(demo: Shop) -> duckdb.DuckDBPyRelation:
    file = demo.published / "report" / "data" / "journey_map_context.csv"
    return duckdb.sql(f"from read_csv('{file}', header = true)")


def published(shop: Shop, query: str) -> list[tuple]:
    path = str(shop.published / "current.duckdb")
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def rounded(rows: list[tuple]) -> list[tuple]:
    return [tuple(round(one, 9) if isinstance(one, float) else one for one in row) for row in rows]


def test_the_flow_of_the_lanes_is_that_of_the_matrix(
    demo: Shop, lanes: duckdb.DuckDBPyRelation
) -> None:
    """In every month and overall, by all stage models."""
    expected = published(
        demo,
        "select coalesce(strftime(month, '%Y-%m'), 'overall'), stage_model, from_stage,"
        " sum(transitions),"
        " coalesce(sum(transitions) filter (to_stage = 'lapsed'), 0) from"
        " marts.stage_transition_matrix where acquisition_channel is null and from_stage not in"
        " ('start', 'lapsed') group by all order by all",
    )
    said = lanes.filter("steps_out is not null and stage <> 'lapsed' and period <> 'last_90_days'")
    rows = said.project("period, stage_model, stage, steps_out, lapses").order("all").fetchall()
    assert rows == expected
    assert len({period for period, *_ in rows}) > 3
    shares = said.filter("abs(forward_share + back_share + lapse_share - 1) > 1e-9")
    assert shares.fetchall() == []


def test_what_people_said_in_a_stage_is_what_satisfaction_has(
    demo: Shop, lanes: duckdb.DuckDBPyRelation
) -> None:
    expected = published(
        demo,
        "select coalesce(strftime(month, '%Y-%m'), 'overall') as period, stage,"
        " coalesce(max(responses) filter (kind = 'nps'), 0),"
        " max(nps) filter (kind = 'nps' and responses >= 5),"
        " coalesce(max(responses) filter (kind = 'csat'), 0),"
        " max(csat) filter (kind = 'csat' and responses >= 5),"
        " cast(round(sum(low_share * responses)) as bigint)"
        " from marts.satisfaction where topic is null and stage not in ('none', 'lapsed')"
        " group by all order by all",
    )
    rows = (
        lanes.filter("stage_model = 'digital' and answers > 0 and period <> 'last_90_days'")
        .filter("stage <> 'lapsed'")
        .project("period, lower(stage), nps_answers, nps, csat_answers, csat, low_answers")
        .order("all")
        .fetchall()
    )
    assert rounded(rows) == rounded(expected)


def test_the_people_of_a_stage_are_those_of_the_map(
    demo: Shop, lanes: duckdb.DuckDBPyRelation
) -> None:
    expected = published(
        demo,
        "select distinct period, stage_model, stage, stage_people from marts.journey_map"
        " where stage not in ('none', 'lapsed') order by all",
    )
    rows = lanes.filter("stage <> 'lapsed'").project("period, stage_model, stage, stage_people")
    assert rows.order("all").fetchall() == expected


def test_the_lanes_name_no_person(demo: Shop) -> None:
    text = Path(demo.published / "report" / "data" / "journey_map_context.csv").read_text()
    assert "cust:" not in text
    assert "anon:" not in text
