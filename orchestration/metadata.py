"""What verdicts, tables and links look like in the catalogue: words and numbers, never values."""

from collections.abc import Mapping, Sequence
from functools import cache

import dagster as dg

from journey.catalogue import Shown
from journey.checks import Suite, suites_of
from journey.core.checks import Check
from journey.transform.lineage import Column

SHOWN_FAILURES = 10
# Below the data folder: the paths of a machine are private.
REPORT = "published/report/index.html"


def links(mart: str) -> dict[str, dg.MetadataValue]:
    """More about a mart: pages below the data folder, which the server cannot open."""
    return {
        "report": dg.MetadataValue.path(REPORT),
        "definition": dg.MetadataValue.path(f"published/report/definitions.html#{mart}"),
        "checks": dg.MetadataValue.path(f"docs/checks.html#marts/{mart}"),
        "dbt_docs": dg.MetadataValue.path("docs/dbt.html"),
        "lineage": dg.MetadataValue.path(f"docs/lineage.html#marts.{mart}"),
    }


def shown(table: Shown) -> dict[str, dg.MetadataValue]:
    """A table's numbers, which plot over runs, its picture and its preview."""
    metadata: dict[str, dg.MetadataValue] = {}
    if table.row_count is not None:
        metadata["dagster/row_count"] = dg.MetadataValue.int(table.row_count)
    if table.picture:
        metadata["picture"] = dg.MetadataValue.md(table.picture)
    if table.preview:
        metadata["preview"] = dg.MetadataValue.table([dg.TableRecord(row) for row in table.preview])
    return metadata | {name: _number(value) for name, value in table.figures.items()}


def column_lineage(columns: Mapping[str, Sequence[Column]]) -> dict[str, dg.MetadataValue]:
    """Dagster's own word for what a table's columns are made of; left out where none is known."""
    deps = {
        column: [
            dg.TableColumnDep(asset_key=dg.AssetKey(table.split(".")), column_name=name)
            for table, name in made_of
        ]
        for column, made_of in columns.items()
        if made_of
    }
    if not deps:
        return {}
    lineage = dg.TableColumnLineage(deps_by_column=deps)
    return {"dagster/column_lineage": dg.MetadataValue.column_lineage(lineage)}


def _number(value: int | float) -> dg.MetadataValue:
    if isinstance(value, int):
        return dg.MetadataValue.int(value)
    return dg.MetadataValue.float(value)


def suite_words(layer: str, table: str) -> str:
    """What a suite asks for, sentence by sentence, and where it is written."""
    sentences = [expectation["description"] for expectation in _suites(layer)[table].expectations]
    return f"{'. '.join(sentences)}. Written in expectations/{layer}/{table}.yml."


@cache
def _suites(layer: str) -> dict[str, Suite]:
    return suites_of(layer)


def check_result(
    key: dg.AssetKey, results: Sequence[Check], name: str = "expectations"
) -> dg.AssetCheckResult:
    """One asset check for one suite: failed when any expectation is, blocking when critical."""
    failed = [result for result in results if not result.is_passed]
    critical = any(result.severity == "critical" for result in failed)
    metadata: dict[str, dg.MetadataValue] = {
        "expectations": dg.MetadataValue.int(len(results)),
        "failed": dg.MetadataValue.int(len(failed)),
    }
    if failed:
        metadata["failures"] = dg.MetadataValue.md(
            "\n".join(
                f"- **{result.severity}** {result.check_name}: {result.detail}"
                for result in failed[:SHOWN_FAILURES]
            )
        )
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if critical else dg.AssetCheckSeverity.WARN,
        description=_sentence(results, failed),
        metadata=metadata,
    )


def _sentence(results: Sequence[Check], failed: Sequence[Check]) -> str:
    if not results:
        return "Nothing was delivered, so there was nothing to judge."
    if not failed:
        return f"All {len(results)} expectations hold."
    return f"{len(failed)} of {len(results)} expectations failed."
