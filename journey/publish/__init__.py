"""What readers open: whole, read-only versions of the marts, changed in one step.

`publish` seals a version and swaps to it, `rollback` swaps back, `replace_report` puts a report
into one. Whether a run may publish is the gates' decision, and one writer at a time is the
lock's; neither is taken here. No Dagster.
"""

from journey.publish.manifest import SCHEMA, Version
from journey.publish.publishing import publish
from journey.publish.reports import REPORT, replace_report
from journey.publish.result import RunResult
from journey.publish.versions import (
    current,
    current_name,
    drop_others,
    heal,
    published_before,
    require_current,
    rollback,
    set_aside,
    shown,
    versions,
)

__all__ = [
    "REPORT",
    "SCHEMA",
    "RunResult",
    "Version",
    "current",
    "current_name",
    "drop_others",
    "heal",
    "publish",
    "published_before",
    "replace_report",
    "require_current",
    "rollback",
    "set_aside",
    "shown",
    "versions",
]
