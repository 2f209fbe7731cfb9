"""What versions said of a mart, kept when the versions themselves are pruned.

    history/<mart>/<version>.parquet   the mart as readers saw it in that version
    history/<mart>/contract.parquet    its columns without a row, for the first night

A night copies before dbt builds, so a version is kept before a later one can push it out. dbt reads
the folder as source `history`; which version a comparison takes is decided there.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from journey import publish
from journey.core import database, failpoints
from journey.core.settings import Settings
from journey.ingest.contract_files import ensure_contract_file
from journey.publish.versions import fsync_folder


def keep(settings: Settings, marts: Mapping[str, Mapping[str, str]]) -> None:
    """Copy what published versions show of these marts (with their columns) and is not kept yet.

    The caller holds the writer's lock. Cut off anywhere, it does the rest when called again.
    """
    with database.connect(settings) as connection:
        for mart, columns in marts.items():
            ensure_contract_file(connection, settings.history_dir / mart, columns)
    for version in publish.shown(settings):
        for mart in marts:
            shown = version.directory / "parquet" / f"{mart}.parquet"
            kept = settings.history_dir / mart / f"{version.name}.parquet"
            # A version of older code lacks the mart.
            if shown.exists() and not kept.exists():
                _copy(shown, kept)


def _copy(shown: Path, kept: Path) -> None:
    """Whole or not at all: under another name first, which dbt does not read."""
    temporary = kept.with_suffix(".tmp")
    shutil.copyfile(shown, temporary)
    with open(temporary, "rb+") as copied:
        os.fsync(copied.fileno())
    failpoints.point("history.mid_copy")
    temporary.replace(kept)
    fsync_folder(kept.parent)
