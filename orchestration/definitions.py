"""The Dagster code location: what the modules of defs/ define, put together when it is asked for.

Importing this runs nothing: the dbt project is parsed when Dagster loads the definitions.
"""

import pkgutil
import warnings
from importlib import import_module

import dagster as dg

from journey.core.settings import Settings
from journey.core.umask import make_private
from journey.transform.project import prepare_project
from orchestration import defs as subjects
from orchestration.patches import error_info
from orchestration.resources import resources

# Runs that Dagster itself starts begin here.
make_private()
error_info.install()

# Partition ranges, checks and freshness are marked beta in this pinned version; tests cover them.
warnings.filterwarnings("ignore", category=dg.BetaWarning)


@dg.definitions
def defs() -> dg.Definitions:
    """Every module of defs/ has a function `defs` of its own; none is named here."""
    project = prepare_project(Settings.load())
    modules = pkgutil.iter_modules(subjects.__path__, f"{subjects.__name__}.")
    found = [import_module(module.name).defs(project) for module in modules]
    shared = dg.Definitions(resources=resources(project), executor=dg.in_process_executor)
    return dg.Definitions.merge(*found, shared)
