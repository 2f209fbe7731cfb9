"""What a wheel carries beside the packages: see `journey/core/resources.py`, which finds it.

An editable installation carries nothing, since it is the checkout itself.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = "journey/shipped"
CARRIED = (
    "dagster.yaml",
    "dbt_project",
    "docs/definitions.md",
    "expectations",
    "journey.toml",
    "notebooks",
    "seeds",
)
# What dbt and notebooks leave in a checkout, and what only the linter reads.
NOT_CARRIED = {"target", "logs", "lint", "dbt_packages", "__marimo__", "__pycache__", ".user.yml"}


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        for name in CARRIED:
            path = Path(self.root, name)
            parts = path.iterdir() if path.is_dir() else [path]
            for part in parts:
                if part.name not in NOT_CARRIED:
                    place = part.relative_to(self.root).as_posix()
                    build_data["force_include"][str(part)] = f"{SHIPPED}/{place}"
