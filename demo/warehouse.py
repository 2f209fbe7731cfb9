"""The demo shop's own settings and notes, as a team keeps its own beside its data.

A checkout has them at its top; an empty folder is given a copy to begin with.
"""

import shutil
from pathlib import Path

from journey.core.resources import resource

CONFIG = "journey.toml"
NOTES = "seeds/journey_map_notes.csv"


def begin_warehouse(folder: Path) -> list[Path]:
    """Write the demo's settings and notes into a folder that has no settings; what was written."""
    if (folder / CONFIG).exists():
        return []
    written = []
    for place in (NOTES, CONFIG):
        path = folder / place
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(resource(place), path)
            written.append(path)
    return written
