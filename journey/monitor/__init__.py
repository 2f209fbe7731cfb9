"""What a run is worth an alert for although it published, and whether one is missing.

`metrics/` says in SQL what is monitored; `history` keeps those figures of every run; `ranges`,
`quarantine` and `lateness` judge; `judging` does all of that for one version, and `notify` reports
it. `rejections` reports files that could not be loaded. No Dagster.
"""

from journey.monitor.history import Figure, figures_of
from journey.monitor.judging import Judgement, is_judged, judge
from journey.monitor.lateness import late
from journey.monitor.quarantine import Share, many_quarantined, shares_of
from journey.monitor.ranges import Range, moved, ranges_of
from journey.monitor.rejections import report_deliveries, report_rejections, report_unreached
from journey.monitor.withdrawals import report_withdrawals

__all__ = [
    "Figure",
    "Judgement",
    "Range",
    "Share",
    "figures_of",
    "is_judged",
    "judge",
    "late",
    "many_quarantined",
    "moved",
    "ranges_of",
    "report_deliveries",
    "report_rejections",
    "report_unreached",
    "report_withdrawals",
    "shares_of",
]
