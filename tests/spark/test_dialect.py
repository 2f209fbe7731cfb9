"""That every model, and every test of data, is written in a dialect that Spark reads too.

Sail plans them, in half a minute; `make test-spark` builds them on a cluster.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPO, Shop
from tests.parsed_project import parsed_project
from tests.spark.dbt_on_sail import BUILT

PASSED = ("success", "pass", "no-op")


@pytest.mark.long
def test_every_model_and_test_is_planned_by_an_engine_that_reads_sparks_dialect(
    small: Shop, tmp_path: Path
) -> None:
    data_dir, target = tmp_path / "data", tmp_path / "target"
    data_dir.mkdir()
    for folder in ("raw", "run"):
        (data_dir / folder).symlink_to(small.data_dir / folder)
    project = str(parsed_project().folder)
    environment = {name: given for name, given in os.environ.items() if name[:4] != "DBT_"} | {
        "DBT_LOG_PATH": str(target),
        "DBT_PROFILES_DIR": project,
        "DBT_PROJECT_DIR": project,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_TARGET": "spark",
        "DBT_TARGET_PATH": str(target),
        "JOURNEY_DATA_DIR": str(data_dir),
        "JOURNEY_FILES_DIR": str(data_dir),
        "JOURNEY_SPARK_FILES": data_dir.as_uri(),
        "JOURNEY_SPARK_HOST": "nowhere",
        "JOURNEY_SPARK_PORT": "1",
        "JOURNEY_SPARK_SCHEMA": "journey_dialect",
        BUILT: str(small.data_dir / "warehouse.duckdb"),
    }
    build = ["build", "--exclude-resource-type", "unit_test", "--threads", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.spark.dbt_on_sail", *build],
        capture_output=True,
        text=True,
        env=environment,
        cwd=REPO,
        check=False,
        timeout=500,
    )
    results = target / "run_results.json"
    assert results.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads(results.read_text())["results"]
    broken = {
        result["unique_id"]: " ".join((result["message"] or "").split())[:500]
        for result in found
        if result["status"] not in PASSED
    }
    assert not broken
    nodes = json.loads((target / "manifest.json").read_text())["nodes"].values()
    judged = {node["unique_id"] for node in nodes if node["resource_type"] in ("model", "test")}
    assert judged <= {result["unique_id"] for result in found}
