"""What a build says of itself: with numbers when it succeeds, without them when it fails."""

from pathlib import Path

import duckdb
import pytest

from journey.core.settings import Settings
from orchestration.defs import marts
from tests.small_warehouse import build_marts

UNIQUE_ID = "model.journey.people"


class Build:
    """A build of one mart and its test, which may fail after that."""

    def __init__(self, *, fails: bool) -> None:
        self.fails = fails

    def stream(self):
        yield marts.dg.Output(None, "people", metadata={"unique_id": UNIQUE_ID})
        yield marts.dg.AssetCheckResult(passed=True, asset_key="people", check_name="unique")
        if self.fails:
            raise marts.DagsterDbtCliRuntimeError("dbt failed")


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    made = Settings.load(config, tmp_path / "data")
    build_marts(made.warehouse_path)
    figures = {"customers": "select count(*) from marts.people where order_count > 0"}
    people = marts.catalogue.Table(UNIQUE_ID, "marts", "people", "people.yml", figures=figures)
    monkeypatch.setattr(marts.catalogue, "tables", lambda manifest: [people])
    made_of = {"marts.people": {"order_count": (("marts.orders", "order_id"),), "one": ()}}
    monkeypatch.setattr(marts.lineage, "column_lineage", lambda settings: made_of)
    return made


def test_a_build_is_reported_with_its_numbers_in_its_order(settings: Settings) -> None:
    output, check = marts._with_what_they_show(Build(fails=False), settings, Path(), "run")
    assert output.metadata["dagster/row_count"].value == 2
    assert output.metadata["customers"].value == 1
    assert output.metadata["unique_id"].value == UNIQUE_ID
    assert output.metadata["dagster/column_lineage"].value.deps_by_column == {
        "order_count": [marts.dg.TableColumnDep(marts.dg.AssetKey(["marts", "orders"]), "order_id")]
    }
    assert check.check_name == "unique"


def test_a_build_that_fails_reports_what_it_did_before(settings: Settings) -> None:
    said = marts._with_what_they_show(Build(fails=True), settings, Path(), "run")
    assert [type(next(said)).__name__ for _ in range(2)] == ["Output", "AssetCheckResult"]
    with pytest.raises(marts.DagsterDbtCliRuntimeError, match="dbt failed"):
        next(said)


def test_the_warehouse_is_left_closed(settings: Settings) -> None:
    list(marts._with_what_they_show(Build(fails=False), settings, Path(), "run"))
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create table marts.another as select 1 as one")
