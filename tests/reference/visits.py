"""A person's visits: inbound touchpoints that follow one another within the time-out."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .touchpoints import Touchpoint

OVERLONG = timedelta(hours=24)


@dataclass(slots=True)
class Visit:
    person_id: str
    visit_number: int
    touchpoints: list[Touchpoint] = field(default_factory=list)

    @property
    def visit_id(self) -> str:
        return f"{self.person_id}#{self.visit_number}"

    @property
    def started_at(self) -> datetime:
        return self.touchpoints[0].occurred_at

    @property
    def ended_at(self) -> datetime:
        return self.touchpoints[-1].occurred_at

    @property
    def has_web(self) -> bool:
        return any(touchpoint.is_web for touchpoint in self.touchpoints)

    @property
    def is_overlong(self) -> bool:
        return self.ended_at - self.started_at > OVERLONG

    @property
    def _first_with_a_channel(self) -> Touchpoint | None:
        for touchpoint in self.touchpoints:
            if touchpoint.channel is not None:
                return touchpoint
        return None

    @property
    def channel(self) -> str:
        touchpoint = self._first_with_a_channel
        return "direct" if touchpoint is None else touchpoint.channel

    @property
    def campaign(self) -> str | None:
        """The campaign of the touchpoint that gave the visit its channel."""
        touchpoint = self._first_with_a_channel
        return None if touchpoint is None else touchpoint.campaign


def visits_of(person_id: str, inbound: list[Touchpoint], timeout_minutes: int) -> list[Visit]:
    """inbound: the person's inbound touchpoints, in any order; each gets its visit."""
    visits: list[Visit] = []
    for touchpoint in sorted(inbound, key=lambda each: (each.occurred_at, each.touchpoint_id)):
        if not visits or touchpoint.occurred_at - visits[-1].ended_at > timedelta(
            minutes=timeout_minutes
        ):
            visits.append(Visit(person_id, len(visits) + 1))
        visits[-1].touchpoints.append(touchpoint)
        touchpoint.visit_number = visits[-1].visit_number
        touchpoint.visit_id = visits[-1].visit_id
    return visits
