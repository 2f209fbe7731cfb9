"""Asset `published/figures`: what is watched of each night, plotted, judged and told."""

from collections.abc import Iterator

import dagster as dg

from orchestration import alerts, publish, watch
from orchestration.defs.resources import Warehouse

KEY = dg.AssetKey(["published", "figures"])
QUARANTINE = dg.AssetCheckSpec(
    "quarantine",
    asset=KEY,
    description="No source had a larger share quarantined than alert_quarantine_share.",
)
USUAL = dg.AssetCheckSpec(
    "usual_range",
    asset=KEY,
    description="Every figure lies where it did on the nights before (alert_mads).",
)


@dg.asset(
    key=KEY,
    deps=[dg.AssetKey(["published", "snapshot"])],
    group_name="published",
    kinds={"duckdb", "parquet"},
    owners=["team:data-engineering"],
    check_specs=[QUARANTINE, USUAL],
    description=(
        "Conversion of each stage and retention of recent people, as of every night.\n\n"
        "The history by which a night that moved is told from the usual.\n\n"
        "One row per version and figure."
    ),
)
def figures(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    settings = warehouse.settings
    watch.keep(settings)
    version = publish.current(settings)
    shares = watch.shares_of(settings, version)
    ranges = watch.ranges_of(settings, version)
    found = watch.figures_of(settings, version)
    yield dg.MaterializeResult(
        metadata={f.figure.replace(" ", "_"): f.value for f in found if f.value is not None}
    )
    quarantine = watch.many_quarantined(settings, version, shares)
    moved = watch.moved(version, ranges)
    many = [quarantine] if quarantine else []
    yield _result(QUARANTINE.name, many, f"{len(shares)} sources delivered; none above it.")
    yield _result(USUAL.name, moved, f"{len(ranges)} figures have a usual range; all are in it.")
    for alert in (*many, *moved):
        alerts.tell(settings, alert)


def _result(name: str, found: list[alerts.Alert], calm: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=KEY,
        check_name=name,
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(alert.sentence for alert in found) or calm,
    )
