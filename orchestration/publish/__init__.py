"""What readers open: whole, read-only versions of the marts, changed in one step.

`publish` seals a version and swaps to it, `rollback` swaps back, `replace_report` puts a report
into one. Whether a night may publish is the gates' decision, and one writer at a time is the
lock's; neither is taken here. No Dagster.
"""

from orchestration.publish.manifest import Version
from orchestration.publish.publishing import publish
from orchestration.publish.reports import REPORT, replace_report
from orchestration.publish.versions import (
    current,
    current_name,
    published_before,
    rollback,
    shown,
    versions,
)

__all__ = [
    "REPORT",
    "Version",
    "current",
    "current_name",
    "publish",
    "published_before",
    "replace_report",
    "rollback",
    "shown",
    "versions",
]
