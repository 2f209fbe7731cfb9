"""Every rule of the models on its handful of hand-written rows: the dbt unit tests, all of them."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from journey.core.settings import Settings
from journey.transform import project
from tests.conftest import REPO, Shop, make_shop
from tests.dbt_build import build, write_inputs
from tests.messages import assert_says


@pytest.mark.long
def test_every_dbt_unit_test_passes(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop")
    settings = Settings.load(shop.config, shop.data_dir, as_of="2026-01-01T00:00:00Z")
    write_inputs(settings, "unit-tests")
    results = build(shop.data_dir, "--empty", "--exclude", "test_type:data")
    assert sum(r["unique_id"].startswith("unit_test.") for r in results) > 100


def test_the_test_of_a_grain_finds_a_second_row_and_a_missing_value(demo: Shop) -> None:
    (compiled,) = demo.data_dir.glob("dbt_target/compiled/**/one_row_per_visits_*.sql")
    sql = compiled.read_text().replace('"warehouse"."marts"."visits"', "seen")
    with duckdb.connect(str(demo.published / "current.duckdb"), read_only=True) as connection:
        connection.execute("create temporary table seen as from marts.visits")
        assert connection.execute(sql).fetchall() == []
        connection.execute("insert into seen from marts.visits order by visit_id limit 1")
        [(repeated, rows)] = connection.execute(sql).fetchall()
        connection.execute(
            "update seen set channel = null where visit_id = (select max(visit_id) from seen)"
        )
        assert rows == 2
        assert {key for key, _ in connection.execute(sql).fetchall()} > {repeated}


def test_the_test_of_a_grain_finds_a_value_that_is_none_of_those_allowed(demo: Shop) -> None:
    (compiled,) = demo.data_dir.glob("dbt_target/compiled/**/one_row_per_touchpoints_*.sql")
    sql = compiled.read_text().replace('"warehouse"."marts"."touchpoints"', "seen")
    with duckdb.connect(str(demo.published / "current.duckdb"), read_only=True) as connection:
        connection.execute("create temporary table seen as from marts.touchpoints")
        assert connection.execute(sql).fetchall() == []
        [(changed,)] = connection.execute(
            "update seen set person_id_basis = 'a guess'"
            " where touchpoint_id = (select max(touchpoint_id) from seen) returning touchpoint_id"
        ).fetchall()
        assert connection.execute(sql).fetchall() == [(changed, 1)]


def test_a_parse_is_of_this_project_whatever_the_environment_of_dbt(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_CACHE_DIR", str(tmp_path / "cache"))  # no parse is kept there
    seen: dict[str, str] = {}

    def note(*_: object, env: dict[str, str], **__: object) -> subprocess.CompletedProcess:
        seen.update(env)
        return subprocess.CompletedProcess([], 0)

    for variable in ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR", "DBT_TARGET_PATH"):
        monkeypatch.setenv(variable, "/elsewhere")
    monkeypatch.setattr(subprocess, "run", note)
    folder = shop.data_dir / "dbt_project"
    project.prepare_project(Settings.load(shop.config, shop.data_dir))
    assert seen["DBT_PROJECT_DIR"] == seen["DBT_PROFILES_DIR"] == str(folder)
    assert seen["DBT_TARGET_PATH"] == str(folder / "target")


def test_by_hand_dbt_says_which_data_dir_it_lacks(tmp_path: Path) -> None:
    missing = {"JOURNEY_DATA_DIR": str(tmp_path / "nowhere")}
    done = subprocess.run(
        [project.dbt_executable, "ls"],
        env=os.environ | missing,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 1
    folder = f"{tmp_path / 'nowhere'} is no folder"
    assert_says(done.stderr, "journey-dbt: ", folder, "`journey run`", "JOURNEY_DATA_DIR")


def test_importing_the_code_location_runs_no_dbt_and_reads_no_manifest() -> None:
    code = (
        "import importlib, pkgutil\n"
        "from journey.transform import project\n"
        "def refuse(*_, **__): raise AssertionError('dbt was asked for')\n"
        "project._parse = project.prepare_project = refuse\n"
        "import journey, orchestration\n"
        "for package in (journey, orchestration):\n"
        "    for module in pkgutil.walk_packages(package.__path__, f'{package.__name__}.'):\n"
        "        importlib.import_module(module.name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
