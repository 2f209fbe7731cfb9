"""The dbt project as assets, and the gate that judges its marts before anyone reads them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliInvocation, DbtProject, dbt_assets
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from journey import catalogue, checks, ingest
from journey.core import failpoints
from journey.core.environment import variables
from journey.core.log import say
from journey.core.settings import Settings
from journey.pages import checks as checks_page
from journey.transform import engine, inputs, lineage, state
from journey.transform.marts import mart_names, marts_of_people
from journey.transform.project import Project
from orchestration.freshness import NIGHTLY
from orchestration.metadata import check_result, column_lineage, links, shown, suite_words
from orchestration.patches.dbt_resource import Dbt
from orchestration.resources import Warehouse


class Catalogue(DagsterDbtTranslator):
    """What the catalogue says of a model and its tests, where there is more, when it is stale."""

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return catalogue.description(dbt_resource_props["description"])

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        if spec.key.path[0] != "marts":
            return spec
        spec = spec.merge_attributes(metadata=links(spec.key.path[-1]))
        return spec.replace_attributes(freshness_policy=NIGHTLY)

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return dg.AssetCheckSpec(
            spec.name,
            asset=spec.asset_key,
            description=catalogue.check_sentence(manifest["nodes"][unique_id]),
            additional_deps=spec.additional_deps,
            blocking=spec.blocking,
            metadata=spec.metadata,
        )


def defs(project: Project) -> dg.Definitions:
    return dg.Definitions(
        assets=[_models(project)], asset_checks=[_gate(mart_names(project.manifest))]
    )


def _models(project: Project) -> dg.AssetsDefinition:
    @dbt_assets(
        manifest=project.manifest,
        project=DbtProject(project_dir=project.folder, profiles_dir=project.folder),
        dagster_dbt_translator=Catalogue(),
        name="models",
    )
    def models(
        context: dg.AssetExecutionContext, dbt: Dbt, warehouse: Warehouse
    ) -> Iterator[object]:
        yield from build(context, dbt, warehouse, project.manifest)

    return models


def build(
    context: dg.AssetExecutionContext, dbt: Dbt, warehouse: Warehouse, described: Path
) -> Iterator[object]:
    """One dbt build by the engine that is set, on the state or anew, as Dagster's events."""
    settings = warehouse.settings
    given = state.basis(settings, is_forced=warehouse.full_rebuild or warehouse.full_refresh)
    inputs.write(settings, context.run_id, state.as_of_before(given))
    environment = engine.begin(settings, context.run_id)
    state.begin(settings, given)
    failpoints.point("models.before_build")
    with variables(environment | state.environment(given)):
        invocation = dbt.cli(
            # Unit tests judge code, not runs: they run in the project's own tests.
            ["build", "--exclude-resource-type", "unit_test"],
            context=context,
            target_path=settings.dbt_target_dir,
        )
    yield from _with_what_they_show(invocation, settings, described, context.run_id)
    state.note_built(settings, given)
    held = state.judged(settings, given, marts_of_people(described))
    ingest.record_checks(settings, context.run_id, held)
    say(
        "models",
        f"{len(mart_names(described))} marts built, {state.what_was_made(settings, given)}",
    )
    for check in held:
        if not check.is_passed:
            say("models", f"{check.asset} is not what the state has: {check.detail}")


def _with_what_they_show(
    invocation: DbtCliInvocation, settings: Settings, described: Path, run_id: str
) -> Iterator[object]:
    """The events of a build, reported when it is over: only then can its tables be looked at.

    A build that fails reports what it did and which test failed, without numbers.
    """
    events = []
    try:
        for event in invocation.stream():
            failpoints.point("models.mid_build")
            events.append(event)
    except DagsterDbtCliRuntimeError:
        yield from events
        raise
    engine.finish(settings, run_id, described)
    tables = {table.unique_id: table for table in catalogue.tables(described)}
    found = catalogue.look(settings, tables.values())
    made_of = lineage.column_lineage(settings)
    for event in events:
        if isinstance(event, dg.Output):
            unique_id = str(event.metadata["unique_id"].value)
            columns = made_of.get(tables[unique_id].relation, {})
            numbers = shown(found[unique_id])
            yield event.with_metadata({**numbers, **column_lineage(columns), **event.metadata})
        else:
            yield event


def _gate(marts: Sequence[str]) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(
        name="gate",
        specs=[
            dg.AssetCheckSpec(
                "expectations",
                asset=["marts", mart],
                blocking=True,
                description=suite_words("marts", mart),
            )
            for mart in marts
        ],
    )
    def gate(
        context: dg.AssetCheckExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.AssetCheckResult]:
        results = checks.validate_marts(warehouse.settings, marts)
        ingest.record_checks(warehouse.settings, context.run.run_id, results)
        checks_page.write(
            warehouse.settings,
            context.run.run_id,
            ingest.checks_of(warehouse.settings, context.run.run_id),
        )
        broken = sum(not result.is_passed for result in results)
        say("gate", f"{len(results)} expectations of the marts judged, {broken} failed")
        for mart in marts:
            own = [result for result in results if result.asset == f"marts/{mart}"]
            yield check_result(dg.AssetKey(["marts", mart]), own)

    return gate
