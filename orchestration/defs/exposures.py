"""Assets `exposures/<name>`: who reads the marts, as dbt's exposures list them. Nothing is run.

An exposure that a run makes is an asset already, and not listed twice.
"""

import dagster as dg

from journey import catalogue
from journey.transform.project import Project


def defs(project: Project) -> dg.Definitions:
    return dg.Definitions(
        assets=[
            dg.AssetSpec(
                key=["exposures", exposure.name],
                deps=[dg.AssetKey(address.split("/")) for address in exposure.reads],
                group_name="exposures",
                kinds={exposure.kind},
                owners=[f"team:{exposure.owner}"],
                description=catalogue.description(exposure.description),
            )
            for exposure in catalogue.exposures(project.manifest)
            if exposure.asset is None
        ]
    )
