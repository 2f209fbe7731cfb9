"""dbt in Dagster without what its integration imports and starts beside the one build of a run."""

from importlib import metadata

from packaging.version import Version

from journey.core.postponed import absent

# It selects and reads events without dbt's own classes too; these take a second to import, and
# dbt works in a process of its own.
with absent("dbt.version"):
    from dagster_dbt import DbtCliResource


class Dbt(DbtCliResource):
    """dbt as a child process, started at once.

    The stock resource first asks another dbt process for its version and opens an adapter of its
    own in this process, for row counts that nothing here takes from it: ten seconds a run.
    """

    @property
    def _cli_version(self) -> Version:
        return Version(metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: object) -> None:  # type: ignore[override]
        return None
