"""Asset `published/metrics`: the monitored metrics of each run, plotted, judged and reported."""

from collections.abc import Iterator, Sequence

import dagster as dg

from journey import monitor, publish
from journey.monitor.notify import Alert
from journey.transform.project import Project
from orchestration.resources import Warehouse

KEY = dg.AssetKey(["published", "metrics"])
QUARANTINE = dg.AssetCheckSpec(
    "quarantine",
    asset=KEY,
    description="No source had a larger share quarantined than alert_quarantine_share.",
)
EXPECTED = dg.AssetCheckSpec(
    "expected_range",
    asset=KEY,
    description=(
        "Every metric is in its expected range (alert_mad_threshold), every day like its weekday,"
        " and no source is silent."
    ),
)


def defs(_: Project) -> dg.Definitions:
    return dg.Definitions(assets=[metrics])


@dg.asset(
    key=KEY,
    deps=[dg.AssetKey(["published", "snapshot"])],
    group_name="published",
    kinds={"duckdb", "parquet"},
    owners=["team:data-engineering"],
    check_specs=[QUARANTINE, EXPECTED],
    description=(
        "Conversion of each stage, retention and consent of recent people, as of every run.\n\n"
        "It gives the expected range of each metric.\n\n"
        "One row per version and metric."
    ),
)
def metrics(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    settings = warehouse.settings
    monitor.report_deliveries(settings)
    judged = monitor.judge(settings, publish.require_current(settings))
    yield dg.MaterializeResult(
        metadata={
            found.figure.replace(" ", "_"): found.value
            for found in judged.figures
            if found.value is not None
        }
    )
    shares, ranges = len(judged.shares), len(judged.ranges)
    yield _result(QUARANTINE, judged.quarantined, f"{shares} sources delivered; none above it.")
    yield _result(
        EXPECTED, judged.moved, f"{ranges} metrics have an expected range; all are in it."
    )


def _result(check: dg.AssetCheckSpec, found: Sequence[Alert], calm: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=KEY,
        check_name=check.name,
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(alert.sentence for alert in found) or calm,
    )
