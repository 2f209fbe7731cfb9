"""Every rule of the models on its handful of hand-written rows: the dbt unit tests, all of them."""

import json
import os
import subprocess
from pathlib import Path

from orchestration import ingest, run_inputs
from orchestration.settings import Settings
from tests.conftest import REPO, make_shop


def test_every_dbt_unit_test_passes(tmp_path: Path) -> None:
    from orchestration.dbt import DBT_DIR, dbt_environment, dbt_executable

    shop = make_shop(tmp_path / "shop")
    settings = Settings.load(shop.config, shop.data_dir, as_of="2026-01-01T00:00:00Z")
    ingest.ensure_contract_files(settings)
    run_inputs.write(settings, "unit-tests")
    done = subprocess.run(
        [dbt_executable, "build", "--empty", "--exclude", "test_type:data"]
        + ["--project-dir", DBT_DIR, "--profiles-dir", DBT_DIR]
        + ["--target-path", shop.home / "target", "--log-path", shop.home / "logs"],
        env=os.environ | dbt_environment(settings),
        capture_output=True,
        text=True,
        cwd=REPO,
        check=False,
    )
    results = json.loads((shop.home / "target" / "run_results.json").read_text())["results"]
    unit_tests = [r for r in results if r["unique_id"].startswith("unit_test.")]
    failed = [r["unique_id"] for r in results if r["status"] not in ("success", "pass")]
    assert failed == [], done.stdout[-4000:]
    assert len(unit_tests) > 100
