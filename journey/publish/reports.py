"""The report beside the data that it describes: one folder in a version, changed in one step.

A version's `report` is a link to a folder of that version. A new version starts with a copy of the
report that readers had, which says which version it describes, so that there is one at every moment
and a report that cannot be made takes nothing away. What is in it is `journey/pages/report`'s.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from journey.core import failpoints
from journey.core.durable import make_durable
from journey.core.links import replace_link
from journey.core.privacy import follow

REPORT = "report"
FOLDER = ".report-"


def carry_over(shown: Path | None, building: Path) -> None:
    """Give a version that is being built the report that readers see now, if there is one."""
    if shown and (shown / REPORT).is_dir():
        folder = building / f"{FOLDER}before"
        shutil.copytree(shown / REPORT, folder)
        (building / REPORT).symlink_to(folder.name)
        _make_durable(folder)


def replace_report(version: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write a report into a new folder, and show it in place of the one before.

    When `fill` fails nothing has changed. The caller holds the writer's lock.
    """
    folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=version))
    try:
        fill(folder)
        _make_durable(folder)
        follow(folder, version)
        failpoints.point("report.before_swap")
        replace_link(version / REPORT, folder.name)
    except BaseException:
        shutil.rmtree(folder)
        raise
    failpoints.point("report.after_swap")
    for leftover in version.glob(f"{FOLDER}*"):
        if leftover.name != folder.name:
            shutil.rmtree(leftover)


def _make_durable(folder: Path) -> None:
    names = list(folder.rglob("*"))
    files = [path for path in names if path.is_file()]
    folders = [path for path in names if path.is_dir()]
    make_durable(files, [*folders, folder, folder.parent])
