"""Assets `raw/<kind>`: what the tools delivered, conformed, gated and kept."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from journey import checks, ingest
from journey.core.log import logger, say
from journey.core.settings import FIRST_DAY, KINDS
from journey.ingest.contracts import read_contract
from journey.pages import checks as checks_page
from journey.transform.project import Project
from orchestration.freshness import NIGHTLY
from orchestration.metadata import check_result, suite_words
from orchestration.resources import Warehouse

delivery_days = dg.DailyPartitionsDefinition(start_date=FIRST_DAY.isoformat(), end_offset=1)


def defs(_: Project) -> dg.Definitions:
    return dg.Definitions(assets=[_raw_asset(kind) for kind in KINDS])


def _raw_asset(kind: str) -> dg.AssetsDefinition:
    key = dg.AssetKey(["raw", kind])
    contract = read_contract(kind)

    @dg.asset(
        key=key,
        partitions_def=delivery_days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=[
            dg.AssetCheckSpec(
                "expectations",
                asset=key,
                blocking=True,
                description=f"Of what a run delivered: {suite_words('raw', kind)}",
            )
        ],
        group_name="raw",
        kinds={"python", "duckdb", "parquet"},
        owners=["team:data-engineering"],
        description=contract.description,
        freshness_policy=NIGHTLY,
    )
    def load(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        window = context.partition_time_window
        first, last = window.start.date(), window.end.date() - timedelta(days=1)
        planned = warehouse.planned(first, last)
        with ingest.prepare(
            warehouse.settings, kind, run_id=context.run_id, planned=planned
        ) as pending:
            results = checks.validate_raw(warehouse.settings, pending)
            ingest.record_checks(warehouse.settings, context.run_id, results)
            if checks.is_blocked(results):
                pending.discard()
                checks_page.write(
                    warehouse.settings,
                    context.run_id,
                    ingest.checks_of(warehouse.settings, context.run_id),
                )
            else:
                pending.commit()
            _report(pending)
        row_count = ingest.row_count(warehouse.settings, kind)
        yield dg.MaterializeResult(metadata={"dagster/row_count": row_count, **pending.counts()})
        yield check_result(key, results)

    return load


def _in_words(pending: ingest.PendingLoad) -> str:
    """Files loaded, those without a row and those rejected apart, and what became of the rows."""
    counts = pending.counts()
    loaded = [result for result in pending.results if not result.reason]
    empty = sum(not result.delivered for result in loaded)
    files = "1 file" if len(loaded) == 1 else f"{len(loaded):,} files"
    files += f" ({empty:,} without rows)" if empty else ""
    files += f", {len(pending.rejected):,} rejected" if pending.rejected else ""
    outcomes = ", ".join(
        f"{counts[outcome]:,} {outcome}"
        for outcome in ("loaded", "duplicate", "restated", "quarantined", "forgotten")
        if counts.get(outcome) or outcome == "loaded"
    )
    return f"{files}; rows: {outcomes}"


def _report(pending: ingest.PendingLoad) -> None:
    if not pending.results and not pending.rejected:
        return
    say(f"raw/{pending.kind}", _in_words(pending))
    for rejected in pending.rejected:
        logger.warning("%s", rejected.reason, extra={"step": f"raw/{pending.kind}"})
