"""What a process needs to know before it opens the Dagster instance of this project."""

import os
from pathlib import Path

from journey.core.errors import ConfigurationError
from journey.core.resources import resource
from journey.core.settings import Settings


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a process that runs or shows runs of this warehouse."""
    home = os.environ.get("DAGSTER_HOME", str(resource("dagster.yaml").parent))
    if not (Path(home).is_absolute() and Path(home, "dagster.yaml").is_file()):
        raise ConfigurationError(
            f"environment variable DAGSTER_HOME: {home} is no folder with a dagster.yaml; give the "
            "whole path of one, or unset it to use the project's"
        )
    return {
        "DAGSTER_HOME": home,
        "JOURNEY_CONFIG": str(settings.config_file),
        "JOURNEY_DATA_DIR": str(settings.data_dir),
        # A run over 120 delivery dates plans one event an asset, not one a partition of each.
        "DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS": "true",
    }
