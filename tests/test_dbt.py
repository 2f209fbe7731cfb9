"""Every rule of the models on its handful of hand-written rows: the dbt unit tests, all of them."""

import json
import os
import subprocess
from pathlib import Path

import duckdb
import pytest

from orchestration import history, ingest, run_inputs
from orchestration.settings import Settings
from tests.conftest import REPO, Shop, make_shop


def dbt(settings: Settings, home: Path, *arguments: str) -> list[dict]:
    """Run dbt on a warehouse and return its results; the failures are printed by the asserts."""
    from orchestration.dbt import DBT_DIR, dbt_environment, dbt_executable

    folders = ["--project-dir", DBT_DIR, "--profiles-dir", DBT_DIR]
    places = ["--target-path", home / "target", "--log-path", home / "logs"]
    subprocess.run(
        [dbt_executable, *arguments, *folders, *places],
        env=os.environ | dbt_environment(settings),
        capture_output=True,
        cwd=REPO,
        check=False,
    )
    return json.loads((home / "target" / "run_results.json").read_text())["results"]


def failures(results: list[dict]) -> list[tuple[str, str]]:
    good = ("success", "pass", "no-op")
    return [(r["unique_id"], r["message"]) for r in results if r["status"].lower() not in good]


@pytest.mark.long
def test_every_dbt_unit_test_passes(tmp_path: Path) -> None:
    from orchestration.dbt import manifest
    from orchestration.dbt_marts import marts_with_history

    shop = make_shop(tmp_path / "shop")
    settings = Settings.load(shop.config, shop.data_dir, as_of="2026-01-01T00:00:00Z")
    ingest.ensure_contract_files(settings)
    history.keep(settings, marts_with_history(manifest()))
    run_inputs.write(settings, "unit-tests")
    results = dbt(settings, shop.home, "build", "--empty", "--exclude", "test_type:data")
    assert failures(results) == []
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
