"""Assets `run/<table>`: what a build reads beside the raw layer, written by the build itself."""

import dagster as dg

from orchestration import catalogue
from orchestration.defs.marts import MANIFEST

run_inputs = [
    dg.AssetSpec(
        key=source.address.split("/"),
        group_name="run",
        kinds={"parquet"},
        owners=list(source.owners),
        description=catalogue.description(source.description),
    )
    for source in catalogue.sources(MANIFEST, "run")
]
