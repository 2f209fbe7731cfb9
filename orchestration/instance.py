"""What a process needs to know before it opens the Dagster instance of this project."""

import os

from orchestration.settings import PROJECT_DIR, Settings


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a process that runs or shows nights of this warehouse."""
    return {
        "DAGSTER_HOME": os.environ.get("DAGSTER_HOME", str(PROJECT_DIR)),
        "JOURNEY_CONFIG": str(settings.config_file),
        "JOURNEY_DATA_DIR": str(settings.data_dir),
        # A run over 120 delivery dates plans one event an asset, not one a partition of each.
        "DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS": "true",
    }
