"""One version judged and reported, and only then its figures kept.

A version without kept figures is thus one that was not reported, because its run died: the run that
finds it calls `judge`, and what was reported already is not repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from journey.core import failpoints
from journey.core.paths import Paths
from journey.core.settings import Settings
from journey.monitor import notify
from journey.monitor.days import (
    Silent,
    UnusualDays,
    alerts_of_days,
    silent_sources,
    unusual_days,
)
from journey.monitor.history import Figure, figures_of, is_kept, keep, keep_others, kept
from journey.monitor.notify import Alert
from journey.monitor.quarantine import Share, many_quarantined, shares_of
from journey.monitor.ranges import Range, moved, ranges_of
from journey.publish import Version


@dataclass(frozen=True)
class Judgement:
    """The monitored metrics of a version, and what of them was reported."""

    figures: Sequence[Figure]
    shares: Sequence[Share]
    ranges: Sequence[Range]
    quarantined: Sequence[Alert]
    moved: Sequence[Alert]
    unusual: Sequence[UnusualDays]
    silent: Sequence[Silent]


def is_judged(paths: Paths, version: Version) -> bool:
    """Whether all that there is to report of this version was reported."""
    return is_kept(paths, version)


def judge(settings: Settings, version: Version) -> Judgement:
    """Judge a version and report what is unusual; the caller holds the writer's lock.

    Raises EngineError where its figures cannot be read or kept; then the next call does it.
    """
    keep_others(settings, version)
    read = kept if is_kept(settings, version) else figures_of
    figures = read(settings, version)
    shares = shares_of(settings, version)
    ranges = ranges_of(settings, version, figures)
    unusual = unusual_days(settings, version)
    silent = silent_sources(settings, version)
    judged = Judgement(
        figures=figures,
        shares=shares,
        ranges=ranges,
        quarantined=many_quarantined(settings, version, shares),
        moved=[*moved(version, ranges), *alerts_of_days(version, unusual, silent)],
        unusual=unusual,
        silent=silent,
    )
    for alert in (*judged.quarantined, *judged.moved):
        notify.send(settings, alert)
    failpoints.point("watch.before_keep")
    keep(settings, version, figures)
    return judged
