"""One version judged and told of, and only then its figures kept.

A version without kept figures is thus one that nobody was told of, because its night died: whoever
finds it calls `judge`, and what was told already is told no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from journey.core import failpoints
from journey.core.paths import Paths
from journey.core.settings import Settings
from journey.monitor import notify
from journey.monitor.history import Figure, figures_of, is_kept, keep, keep_others, kept
from journey.monitor.notify import Alert
from journey.monitor.quarantine import Share, many_quarantined, shares_of
from journey.monitor.ranges import Range, moved, ranges_of
from journey.publish import Version


@dataclass(frozen=True)
class Judgement:
    """What is watched of a version, and what of it was told."""

    figures: Sequence[Figure]
    shares: Sequence[Share]
    ranges: Sequence[Range]
    quarantined: Sequence[Alert]
    moved: Sequence[Alert]


def is_judged(paths: Paths, version: Version) -> bool:
    """Whether everybody was told of this version what there is to tell."""
    return is_kept(paths, version)


def judge(settings: Settings, version: Version) -> Judgement:
    """Judge a version and tell what is unusual; the caller holds the writer's lock.

    Raises EngineError where its figures cannot be read or kept; then the next call does it.
    """
    keep_others(settings, version)
    read = kept if is_kept(settings, version) else figures_of
    figures = read(settings, version)
    shares = shares_of(settings, version)
    ranges = ranges_of(settings, version, figures)
    judged = Judgement(
        figures=figures,
        shares=shares,
        ranges=ranges,
        quarantined=many_quarantined(settings, version, shares),
        moved=moved(version, ranges),
    )
    for alert in (*judged.quarantined, *judged.moved):
        notify.tell(settings, alert)
    failpoints.point("watch.before_keep")
    keep(settings, version, figures)
    return judged
