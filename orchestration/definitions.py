"""The Dagster code location: everything in defs/, found by looking."""

import warnings

import dagster as dg

# Partition ranges, checks and freshness are marked beta in this pinned version; tests cover them.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

from orchestration import defs as definition_modules  # noqa: E402
from orchestration.defs.resources import resources  # noqa: E402

defs = dg.load_definitions_from_package_module(
    definition_modules, resources=resources(), executor=dg.in_process_executor
)
