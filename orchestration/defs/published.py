"""Assets `published/…`: what readers open, the data changed in one step after every gate."""

from collections.abc import Sequence

import dagster as dg

from journey import ingest, publish
from journey.core.log import say
from journey.pages import report
from journey.pages.dbt_docs import write_dbt_docs
from journey.pages.definitions import write_definitions
from journey.pages.lineage import write_lineage
from journey.transform import inputs, state
from journey.transform.marts import mart_names
from journey.transform.project import Project, prepare_project
from orchestration.freshness import NIGHTLY
from orchestration.metadata import REPORT
from orchestration.resources import Warehouse

SNAPSHOT = dg.AssetKey(["published", "snapshot"])


def defs(project: Project) -> dg.Definitions:
    return dg.Definitions(assets=[_snapshot(mart_names(project.manifest)), journey_report, docs])


def _snapshot(marts: Sequence[str]) -> dg.AssetsDefinition:
    @dg.asset(
        key=SNAPSHOT,
        deps=[dg.AssetKey(["marts", mart]) for mart in marts],
        group_name="published",
        kinds={"duckdb", "parquet"},
        owners=["team:data-engineering"],
        description=(
            "The versioned, read-only snapshot of all marts that every reader opens.\n\n"
            "One version per run that passed every gate; `current.duckdb` points at the newest."
        ),
        freshness_policy=NIGHTLY,
    )
    def snapshot(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        settings = warehouse.settings
        version = publish.publish(
            settings,
            marts=marts,
            run_id=context.run_id,
            as_of=inputs.as_of(settings),
            checks=ingest.checks_of(settings, context.run_id),
            raw_state=inputs.state(settings),
        )
        state.keep(settings, context.run_id)
        ingest.refresh.finish(settings)
        say("published", f"version {version.name}, as of {version.as_of:%Y-%m-%d}")
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(version.row_counts.values()),
                "version": version.name,
                "as_of": version.as_of.isoformat(),
                **{f"rows_{mart}": rows for mart, rows in version.row_counts.items()},
            }
        )

    return snapshot


@dg.asset(
    key=["published", "report"],
    deps=[SNAPSHOT],
    group_name="published",
    kinds={"html"},
    owners=["team:data-engineering"],
    description=(
        "The journey report that people look at, made from the published snapshot alone.\n\n"
        "One folder per version; `published/report/index.html` opens without a network."
    ),
    freshness_policy=NIGHTLY,
)
def journey_report(warehouse: Warehouse) -> dg.MaterializeResult:
    version = publish.require_current(warehouse.settings)
    report.build(warehouse.settings, version)
    say("report", f"version {version.name}")
    return dg.MaterializeResult(
        metadata={"version": version.name, "page": dg.MetadataValue.path(REPORT)}
    )


@dg.asset(
    key=["published", "docs"],
    deps=[SNAPSHOT],
    group_name="published",
    kinds={"html"},
    owners=["team:data-engineering"],
    description=(
        "What every table and column means, and which columns it is made of.\n\n"
        "One folder for all runs; its pages open without a network, and marts link to them."
    ),
)
def docs(warehouse: Warehouse) -> dg.MaterializeResult:
    settings = warehouse.settings
    manifest = prepare_project(settings).manifest
    pages = [write(manifest, settings.docs_dir) for write in (write_definitions, write_dbt_docs)]
    pages.append(write_lineage(settings, settings.docs_dir))
    return dg.MaterializeResult(
        metadata={page.stem: dg.MetadataValue.path(f"docs/{page.name}") for page in pages}
    )
