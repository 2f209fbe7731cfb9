"""Where dbt builds a run's tables: in the private warehouse itself, or on a cluster.

What comes before (the raw layer) and after (the gate, publishing) is the same for both: it reads
files and the private warehouse. What is the cluster's alone is in `journey.transform.spark`.
"""

from pathlib import Path

from journey.core.settings import Settings
from journey.transform.project import make_seeds_and_views


def require(settings: Settings) -> None:
    """Raise, with what to do, where the engine that is set cannot be used."""
    if settings.engine == "spark":
        from journey.transform.spark import server

        server.require(settings)


def begin(settings: Settings, run_id: str) -> dict[str, str]:
    """Make room for the results of a run; returns what its dbt needs in the environment.

    Another run's results do not say why this one failed.
    """
    (settings.dbt_target_dir / "run_results.json").unlink(missing_ok=True)
    if settings.engine == "duckdb":
        return {}
    from journey.transform.spark import schemas

    return schemas.begin(settings, run_id)


def finish(settings: Settings, run_id: str, manifest: Path) -> None:
    """Let the private warehouse have the tables of a build that passed."""
    if settings.engine == "spark":
        from journey.transform.spark import private_copy, schemas

        private_copy.fill(settings, manifest, schemas.of_layers(settings, run_id))
        make_seeds_and_views(settings)
