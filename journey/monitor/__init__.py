"""What a run is worth an alert for although it published, and whether one is missing.

`metrics/` says in SQL what is monitored of each run and `daily/` what of each day; `history` keeps
the figures of every run; `ranges`, `days`, `quarantine` and `lateness` judge; `judging` does all of
that for one version, and `notify` reports it. `rejections` reports files that could not be loaded,
and what else is amiss with deliveries. No Dagster.
"""

from journey.monitor.days import Silent, UnusualDays, silent_sources, unusual_days
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
    "Silent",
    "UnusualDays",
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
    "silent_sources",
    "unusual_days",
]
