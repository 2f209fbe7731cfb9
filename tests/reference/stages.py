"""A person's stage entries, by a literal walk over the inbound touchpoints."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .orders import SettledOrder
from .seeds import LAPSED, Seeds
from .touchpoints import Touchpoint
from .visits import Visit


@dataclass(frozen=True, slots=True)
class Entry:
    stage: str
    entered_at: datetime
    touchpoint: Touchpoint | None = None  # None: a lapse


def set_signals(
    visits: list[Visit], first_order: SettledOrder | None, order_visit: int | None, seeds: Seeds
) -> None:
    """Gives every inbound touchpoint its phase and the stage that it signals there."""
    for visit in visits:
        for touchpoint in visit.touchpoints:
            touchpoint.phase = phase_of(touchpoint, first_order, order_visit)
            touchpoint.stage = seeds.signalled_stage(
                touchpoint.touchpoint, touchpoint.score, touchpoint.phase
            )


def phase_of(
    touchpoint: Touchpoint, first_order: SettledOrder | None, order_visit: int | None
) -> str:
    if first_order is None or touchpoint.occurred_at < first_order.ordered_at:
        return "before"
    return "after" if touchpoint.visit_number > order_visit else "own"


def walk(visits: list[Visit], seeds: Seeds, as_of: datetime) -> list[Entry]:
    """The visits' touchpoints bear their signals already.

    A lapse is looked for between visits only: it is a gap of days, and a visit ends after minutes.
    """
    entries: list[Entry] = []
    current: str | None = None
    last_touch: datetime | None = None

    for visit in visits:
        lapse = lapsed_at(current, last_touch, seeds)
        if lapse is not None and visit.started_at > lapse:
            entries.append(Entry(LAPSED, lapse))
            current = LAPSED

        for touchpoint in counting_signals(visit, current, seeds):
            if touchpoint.stage != current:
                entries.append(Entry(touchpoint.stage, touchpoint.occurred_at, touchpoint))
                current = touchpoint.stage
        last_touch = visit.ended_at

    lapse = lapsed_at(current, last_touch, seeds)
    if lapse is not None and lapse < as_of:
        entries.append(Entry(LAPSED, lapse))
    return entries


def lapsed_at(current: str | None, last_touch: datetime | None, seeds: Seeds) -> datetime | None:
    """When a person who is not touched again will have lapsed; None where no one can lapse."""
    if current is None or current == LAPSED:
        return None
    return last_touch + timedelta(days=seeds.stages[current])


def counting_signals(visit: Visit, current: str | None, seeds: Seeds) -> list[Touchpoint]:
    """The signals of one visit that count, in the order of the walk."""

    def position(touchpoint: Touchpoint) -> int:
        return seeds.position(touchpoint.stage)

    signals = [
        touchpoint
        for touchpoint in sorted(
            visit.touchpoints,
            key=lambda each: (each.occurred_at, position(each), each.touchpoint_id),
        )
        if touchpoint.stage is not None
    ]
    if not signals:
        return []

    rising: list[Touchpoint] = []
    for touchpoint in signals:
        if not rising or position(touchpoint) > position(rising[-1]):
            rising.append(touchpoint)

    if current is None or current == LAPSED:
        return rising
    stage_at_start = seeds.position(current)
    highest = max(position(touchpoint) for touchpoint in signals)
    if highest >= stage_at_start:
        return [touchpoint for touchpoint in rising if position(touchpoint) >= stage_at_start]
    if not visit.has_web:
        return []
    return [next(touchpoint for touchpoint in signals if position(touchpoint) == highest)]
