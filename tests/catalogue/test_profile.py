"""What is declared is computed, or it is said what is wrong with it."""

import json
from pathlib import Path

import duckdb
import pytest

from journey.catalogue import Table, exposures, look, tables
from journey.core.errors import ConfigurationError, EngineError
from journey.core.settings import Settings
from tests.small_warehouse import build_marts

PERSONAL = (
    "_id",
    "_key",
    "user_agent",
    "url",
    "detail",
    "campaign",
    "topic",
    "experiment",
    "touchpoint",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    made = Settings.load(config, tmp_path / "data")
    build_marts(made.warehouse_path)
    return made


def table(**declared: object) -> Table:
    return Table(
        "model.journey.people", "marts", "people", "models/marts/core/_models.yml", **declared
    )


@pytest.fixture(scope="module")
def declared() -> list[Table]:
    from tests.parsed_project import parsed_project

    return tables(parsed_project().manifest)


def test_figures_are_numbers_and_null_is_left_out(settings: Settings) -> None:
    figures = {
        "whole": "select count(*) from marts.people",
        "money": "select cast(1.5 as decimal(18, 2))",
        "none": "select cast(null as double)",
        "nothing": "select 1 where false",
        "endless": "select cast('inf' as double)",
    }
    [shown] = look(settings, [table(figures=figures)]).values()
    assert shown.figures == {"whole": 2, "money": 1.5}
    assert {name: type(value) for name, value in shown.figures.items()} == {
        "whole": int,
        "money": float,
    }
    assert shown.row_count == 2


def test_a_view_is_not_computed_to_be_counted(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create view marts.costly as select error('computed') as one")
    view = Table("model.journey.costly", "marts", "costly", "costly.yml", is_view=True)
    [shown] = look(settings, [view]).values()
    assert shown.row_count is None


def test_a_preview_is_five_plain_rows(settings: Settings) -> None:
    sql = "select date '2026-01-01' as day, cast(1.5 as decimal(4, 1)) as n from range(9)"
    [shown] = look(settings, [table(preview=sql)]).values()
    assert len(shown.preview) == 5
    assert shown.preview[0] == {"day": "2026-01-01", "n": 1.5}


@pytest.mark.parametrize(
    ("sql", "error", "sentence"),
    [
        (
            "select nps from marts.people where person_id = 'cust:1'",
            EngineError,
            "marts/people: its figure 'one' cannot be computed",
        ),
        ("select 'cust:1'", ConfigurationError, "the figure 'one' of config.meta.figures must"),
        ("select true", ConfigurationError, "must return one number"),
        ("select 1, 2", ConfigurationError, "must return one number"),
        ("from range(2)", ConfigurationError, "must return one number"),
    ],
)
def test_a_wrong_figure_is_reported_without_values(
    settings: Settings, sql: str, error: type, sentence: str
) -> None:
    with pytest.raises(error) as raised:
        look(settings, [table(figures={"one": sql})])
    assert sentence in str(raised.value)
    assert "dbt_project/models/marts/core/_models.yml" in str(raised.value)
    assert "cust:1" not in str(raised.value)


def test_a_picture_of_other_rows_is_reported(settings: Settings) -> None:
    picture = {"shape": "funnel", "title": "", "sql": "select 1, 2, 3"}
    with pytest.raises(ConfigurationError, match="are not those of a funnel: label, value"):
        look(settings, [table(picture=picture)])


@pytest.mark.parametrize(
    ("meta", "sentence"),
    [
        ({"figures": ["select 1"]}, "config.meta.figures must give"),
        ({"figures": {"one": 1}}, "config.meta.figures must give"),
        ({"picture": {"shape": "pie", "title": "", "sql": ""}}, "sankey, heatmap, funnel"),
        ({"picture": {"shape": "funnel"}}, "must have a title"),
        ({"preview": ["select 1"]}, "config.meta.preview must be the SQL"),
    ],
)
def test_wrong_metadata_is_reported(tmp_path: Path, meta: dict, sentence: str) -> None:
    node = {
        "unique_id": "model.journey.people",
        "resource_type": "model",
        "schema": "marts",
        "name": "people",
        "patch_path": "journey://models/marts/core/_models.yml",
        "config": {"meta": meta, "materialized": "table"},
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": {"model.journey.people": node}}))
    with pytest.raises(ConfigurationError) as raised:
        tables(path)
    assert str(raised.value).startswith("dbt_project/models/marts/core/_models.yml: people: ")
    assert sentence in str(raised.value)


@pytest.fixture
def empty(settings: Settings) -> Settings:
    """A warehouse whose tables have their columns and no rows; what has no contract is a number."""
    from tests.parsed_project import parsed_project

    nodes = json.loads(parsed_project().manifest.read_text())["nodes"].values()
    settings.warehouse_path.unlink()
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        for node in nodes:
            if node["resource_type"] == "model":
                columns = ", ".join(
                    f'"{column["name"]}" {column["data_type"] or "double"}'
                    for column in node["columns"].values()
                )
                connection.execute(f"create schema if not exists {node['schema']}")
                connection.execute(f"create table {node['schema']}.{node['name']} ({columns})")
    return settings


def test_everything_that_the_project_declares_can_be_computed_on_empty_marts(
    empty: Settings, declared: list[Table]
) -> None:
    """A first run of a shop has next to nothing: no figure may break on that."""
    shown = look(empty, [one for one in declared if one.schema == "marts"])
    assert all(one.row_count == 0 and one.picture is None for one in shown.values())


def test_everything_that_the_project_declares_has_something_to_show_of_the_demo(
    demo, declared: list[Table]
) -> None:
    marts = [one for one in declared if one.schema == "marts"]
    shown = look(Settings.load(demo.config, demo.data_dir), marts)
    for one in marts:
        found = shown[one.unique_id]
        assert bool(found.figures) == bool(one.figures), one.address
        assert (found.picture is not None) == (one.picture is not None), one.address
        assert bool(found.preview) == (one.preview is not None), one.address
    assert sum(len(one.figures) for one in marts) >= 30
    assert sum(one.picture is not None for one in marts) >= 3
    assert sum(one.preview is not None for one in marts) >= 10


def test_no_preview_shows_anything_of_a_person(empty: Settings, declared: list[Table]) -> None:
    """Neither identifiers nor words that a person gave; rows about groups alone."""
    for one in declared:
        if one.preview is None:
            continue
        with duckdb.connect(str(empty.warehouse_path), read_only=True) as connection:
            names = [column[0] for column in connection.execute(one.preview).description]
            columns = connection.execute(f"from {one.relation} limit 0").description
        assert not [name for name in names if name.endswith(PERSONAL)], one.address
        assert "person_id" not in [column[0] for column in columns], one.address


def test_exposures_read_marts() -> None:
    from tests.parsed_project import parsed_project

    found = {exposure.name: exposure for exposure in exposures(parsed_project().manifest)}
    assert {"journey_report", "questions"} <= set(found)
    assert all(read.startswith("marts/") for one in found.values() for read in one.reads)
    assert "marts/stage_funnel" in found["journey_report"].reads
