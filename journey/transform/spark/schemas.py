"""The schemas of a run on the cluster: made for it alone, and gone when the next one begins.

A run that was killed leaves statements behind that the cluster still works on. They write into the
schemas of that run, never into those of another one. Which schemas are ours is written down before
they are made, so that nothing of another warehouse's is ever dropped.
"""

import json
import shutil
from collections.abc import Mapping

from journey.core.files import replace_text
from journey.core.settings import Settings
from journey.transform.spark import server
from journey.transform.spark.files import FOLDER, Files

LAYERS = ("raw", "run", "seeds", "staging", "intermediate", "marts")


def begin(settings: Settings, run_id: str) -> dict[str, str]:
    """Drop what earlier runs of this warehouse left, and write down what this one will make.

    Returns what dbt needs in its environment. Raises EngineError.
    """
    listed = settings.data_dir / FOLDER / "schemas.json"
    earlier = json.loads(listed.read_text()) if listed.exists() else []
    server.run(settings, [f"drop schema if exists {name} cascade" for name in earlier])
    shutil.rmtree(listed.parent, ignore_errors=True)  # half a table is none that could be dropped
    replace_text(listed, json.dumps(list(of_layers(settings, run_id).values())))
    return {
        "DBT_TARGET": "spark",
        "JOURNEY_SPARK_HOST": settings.spark_host,
        "JOURNEY_SPARK_PORT": str(settings.spark_port),
        "JOURNEY_SPARK_SCHEMA": _prefix(settings, run_id),
        "JOURNEY_SPARK_FILES": Files.of(settings).address,
    }


def of_layers(settings: Settings, run_id: str) -> Mapping[str, str]:
    """The schema of each layer, as dbt names it in generate_schema_name."""
    return {layer: f"{_prefix(settings, run_id)}_{layer}" for layer in LAYERS}


def _prefix(settings: Settings, run_id: str) -> str:
    return f"{settings.spark_schema}_{run_id.replace('-', '')[:12]}"
