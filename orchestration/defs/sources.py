"""Assets that models read beside the raw layer: what a build writes for itself, as dbt lists it."""

import dagster as dg

from journey import catalogue
from journey.transform.project import Project


def defs(project: Project) -> dg.Definitions:
    return dg.Definitions(
        assets=[
            dg.AssetSpec(
                key=source.address.split("/"),
                group_name=source.address.split("/")[0],
                kinds={"parquet"},
                owners=list(source.owners),
                description=catalogue.description(source.description),
            )
            for source in catalogue.sources(project.manifest)
        ]
    )
