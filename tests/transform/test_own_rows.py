"""A team's own seeds, beside its settings file, take the place of those that are shipped."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from journey.core.errors import ConfigurationError
from journey.core.seeds import SEEDS_DIR, read_seed, seed_files
from journey.core.settings import Settings
from journey.ingest import addresses, fingerprint_of, formats
from journey.ingest.planning.fingerprints import changed_parts
from journey.transform import inputs
from journey.transform.project import prepare_project
from tests.conftest import REPO, make_shop
from tests.dbt_build import build, write_inputs
from tests.parsed_project import give_parsed_project

HEADER = "click_parameter,traffic_source,medium,is_paid"
ROWS = f"{HEADER}\nfancyid,fancy,cpc,true\nmildid,mild,social,false\n*,unknown,cpc,true\n"
BROKEN = {
    "another name": ("click_idz.csv", ROWS, "there is no seed 'click_idz'; did you mean"),
    "a name like no other": ("zzz.csv", ROWS, "there is no seed 'zzz'; known are annotations,"),
    "other columns": ("click_ids.csv", "click_parameter,medium\na,b\n", "its columns are click_"),
    "columns in another order": (
        "click_ids.csv",
        "traffic_source,click_parameter,medium,is_paid\n",
        "those of the shipped seed are click_parameter, traffic_source, medium, is_paid",
    ),
    "no header": ("click_ids.csv", "", "its columns are none, where"),
    "a short row": ("click_ids.csv", f"{HEADER}\na,b,c,true\na,b\n", "line 3 has 2 values for 4"),
    "another type": ("click_ids.csv", f"{HEADER}\na,b,c,perhaps\n", "'is_paid' has 1 values that"),
    "no text": ("click_ids.csv", b"click_parameter\xff", "this is not UTF-8 (byte 15)"),
    "an open quote": ("click_ids.csv", f'{HEADER}\n"a,b,c,true\n', "this is not a CSV file"),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "shop" / "journey.toml"
    config.parent.mkdir()
    config.write_text("")
    return Settings.load(config, tmp_path / "data", as_of="2026-01-01T00:00:00Z")


def own(settings: Settings, name: str, content: str | bytes) -> Path:
    path = settings.own_dir / "seeds" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_a_seed_is_said(settings: Settings, name: str) -> None:
    file, content, sentence = BROKEN[name]
    path = own(settings, file, content)
    with pytest.raises(ConfigurationError) as said:
        seed_files(settings.own_dir)
    assert str(said.value).startswith(f"{path}: ")
    assert sentence in str(said.value)
    path.unlink()
    seed_files(settings.own_dir)


def test_every_shipped_seed_passes_as_a_team_s_own(settings: Settings) -> None:
    for path in SEEDS_DIR.glob("*.csv"):
        own(settings, path.name, path.read_bytes())
    found = seed_files(settings.own_dir)
    assert {path.parent for path in found.values()} == {settings.own_dir / "seeds"}


def test_ingest_and_dbt_read_a_team_s_click_ids(settings: Settings) -> None:
    path = own(settings, "click_ids.csv", ROWS)
    assert read_seed(settings.own_dir, "click_ids")[0]["traffic_source"] == "fancy"
    connection = duckdb.connect()
    addresses.equip(connection, b"a key for tests, long enough to be one", settings.own_dir)
    asked = "select url_click('https://a.example/?mildid=1&fancyid=2&gclid=3')"
    assert connection.execute(asked).fetchone() == ("fancyid:2",)
    assert connection.execute("select url_click('https://a.example/?gclid=3')").fetchone() == (
        None,
    )
    give_parsed_project(settings.data_dir, REPO)
    project = prepare_project(settings)
    assert (project.folder / "seeds" / "click_ids.csv").resolve() == path
    assert (project.folder / "seeds" / "stages.csv").resolve() == SEEDS_DIR / "stages.csv"


def test_a_change_of_a_team_s_rows_is_a_reason_to_build_again(settings: Settings) -> None:
    before = inputs.state(settings)
    own(settings, "click_ids.csv", ROWS)
    with_own = inputs.state(settings)
    own(settings, "click_ids.csv", ROWS.replace("fancy,", "fine,"))
    assert len({before, with_own, inputs.state(settings)}) == 3


def test_the_notes_of_the_demo_are_those_of_its_own_warehouse(settings: Settings) -> None:
    shipped = SEEDS_DIR / "journey_map_notes.csv"
    demo = REPO / "seeds" / "journey_map_notes.csv"
    assert shipped.read_text() == demo.read_text().splitlines(keepends=True)[0]
    assert seed_files(settings.own_dir)["journey_map_notes"] == shipped
    assert seed_files(REPO)["journey_map_notes"] == demo


def test_files_are_read_again_when_a_seed_that_they_are_read_by_changes(settings: Settings) -> None:
    shop = {"name": "shop", "kind": "orders", "format": "shopify", "path": "landing/*.json"}
    places = {"data_dir": settings.data_dir, "config_file": settings.config_file}
    (source,) = Settings(**places, sources=[shop]).sources
    found = [fingerprint_of(settings, source)]
    own(settings, "stages.csv", (SEEDS_DIR / "stages.csv").read_bytes())
    assert fingerprint_of(settings, source) == found[0]
    for rows in (ROWS, ROWS.replace("fancy,", "fine,")):
        own(settings, "click_ids.csv", rows)
        assert changed_parts(found[-1], fingerprint_of(settings, source)) == ["seeds"]
        found.append(fingerprint_of(settings, source))


def test_a_team_s_format_replaces_the_shipped_one_or_joins_it(settings: Settings) -> None:
    shop = [{"name": "shop", "kind": "orders", "format": "till", "path": "landing/*.csv"}]
    shop.append(shop[0] | {"name": "other", "format": "shopify"})
    known = Settings(data_dir=settings.data_dir, config_file=settings.config_file, sources=shop)
    till, shopify = known.sources
    with pytest.raises(ConfigurationError, match="'till' is unknown for orders"):
        formats.format_of(till)
    before = fingerprint_of(settings, shopify)
    folder = settings.own_dir / "formats" / "orders"
    folder.mkdir(parents=True)
    for name in ("till", "shopify"):
        (folder / f"{name}.sql").write_text("/*\nreads: [csv]\ncolumns: {id: varchar}\n*/ select 1")
    assert formats.format_of(till).body == formats.format_of(shopify).body == "select 1"
    assert fingerprint_of(settings, shopify) != before
    (folder / "till.sql").write_text("/*\nreads: [csv]\ncolumns: {id: varchar}\n*/ select 12")
    assert formats.format_of(till).body == "select 12"


def test_a_format_that_is_the_same_as_another_follows_it(settings: Settings) -> None:
    till = [{"name": "till", "kind": "orders", "format": "till", "path": "landing/*.csv"}]
    places = {"data_dir": settings.data_dir, "config_file": settings.config_file}
    (source,) = Settings(**places, sources=till).sources
    folder = settings.own_dir / "formats" / "orders"
    folder.mkdir(parents=True)
    (folder / "till.sql").write_text("/*\nsame_as: shopify\n*/\n")
    shopify = formats.read_format("orders", "shopify")
    assert formats.format_of(source) == replace(shopify, name="till", known_by=())
    before = fingerprint_of(settings, source)
    (folder / "shopify.sql").write_text("/*\nreads: [csv]\ncolumns: {id: varchar}\n*/ select 1")
    assert formats.format_of(source).body == "select 1"
    assert changed_parts(before, fingerprint_of(settings, source)) == ["format"]
    (folder / "shopify.sql").write_text("/*\nsame_as: till\n*/")
    with pytest.raises(ConfigurationError, match="'shopify', which is itself the same as 'till'"):
        formats.format_of(source)
    (folder / "till.sql").write_text("/*\nsame_as: tilll\n*/")
    with pytest.raises(ConfigurationError, match="the same as 'tilll', which is no format of ord"):
        formats.format_of(source)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("select 1", "a format begins with a comment"),
        ("/*\nreads: [csv\n*/ select 1", "its first comment is not YAML"),
        ("/*\nreads: [csv]\n*/ select 1", "its first comment does not say columns"),
        ("/*\nreads: [xml]\ncolumns: {a: varchar}\n*/ select 1", "`reads` is a list of json"),
        ("/*\nreads: [csv]\ncolumns: [a]\n*/ select 1", "`columns` gives each column"),
        ("/*\nreads: [csv]\ncolumns: {a: text}\nrow: each\n*/ select 1", "says 'row', which is no"),
        ("/*\nreads: [csv]\ncolumns: {a: text}\nrows: all\n*/ select 1", "`rows` is each or sev"),
        ("/*\nreads: [csv]\ncolumns: {a: text}\nfields: a\n*/ select 1", "`fields` is a list of"),
        ("/*\nreads: [csv]\ncolumns: {a: text}\nwhere: [a]\n*/ select 1", "`where` is a condition"),
        ("/*\nreads: [csv]\ncolumns: {a: text}\ngroup_by: a\n*/ select 1", "`group_by` is a list"),
        ("/*\nreads: [csv]\ncolumns: {a: text}\ngroup_by: [b]\n*/ select 1", "`group_by` is a l"),
        ("/*\nreads: [csv]\ncolumns: {a: text}\ngroup_by: [[a]]\n*/ select 1", "`group_by` is a"),
        ("/*\nsame_as: shopify\n*/ select 1", "it has SQL of its own"),
        ("/*\nsame_as: shopify\nreads: [csv]\n*/", "`same_as` is the name of a format, and"),
        ("/*\nsame_as: [shopify]\n*/", "`same_as` is the name of a format, and"),
    ],
)
def test_what_is_wrong_with_a_format_is_said(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "orders" / "till.sql"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=sentence) as said:
        formats.read_format("orders", "till", tmp_path)
    assert str(said.value).startswith(f"{path}: ")


@pytest.mark.slow
def test_two_warehouses_build_each_their_own_rows(tmp_path: Path) -> None:
    """One after the other in turns, so that neither leaves anything that the other takes."""
    stages = list(csv.DictReader((SEEDS_DIR / "stages.csv").open()))
    found = []
    for name, days in (("a", 11), ("b", 22), ("a", 33)):
        config = tmp_path / name / "journey.toml"
        seeds = config.parent / "seeds"
        seeds.mkdir(parents=True, exist_ok=True)
        config.write_text("")
        with (seeds / "stages.csv").open("w", newline="") as file:
            rows = csv.DictWriter(file, stages[0])
            rows.writeheader()
            rows.writerows(row | {"lapse_after_days": days} for row in stages)
        shop = make_shop(tmp_path / f"shop_{name}", config=config)
        settings = Settings.load(config, shop.data_dir, as_of="2026-01-01T00:00:00Z")
        give_parsed_project(shop.data_dir, REPO)
        prepare_project(settings)
        write_inputs(settings, "run")
        results = build(
            shop.data_dir, "--select", "resource_type:seed", "--exclude-resource-type", "test"
        )
        assert [result["status"] for result in results if "seed." in result["unique_id"]]
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            found += connection.execute(
                "select distinct lapse_after_days from seeds.stages"
            ).fetchall()
    assert found == [(11,), (22,), (33,)]
    assert json.loads((settings.dbt_project_dir / "target" / "manifest.json").read_text())
