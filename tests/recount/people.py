"""Everything that is known of one person, put together from the touchpoints."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from .orders import SettledOrder
from .run import Run
from .seeds import Seeds
from .stages import Entry, set_signals, walk
from .touchpoints import Touchpoint
from .visits import Visit, visits_of


@dataclass(slots=True)
class Person:
    person_id: str
    visits: list[Visit]
    orders: list[SettledOrder]  # the counted ones, in order
    entries: list[Entry] = field(default_factory=list)
    first_touch_at: datetime = field(init=False)
    acquisition_channel: str = field(init=False)
    acquisition_campaign: str | None = field(init=False)

    def __post_init__(self):
        self.first_touch_at = self.visits[0].started_at
        self.acquisition_channel = self.visits[0].channel
        self.acquisition_campaign = self.visits[0].campaign

    @property
    def first_order(self) -> SettledOrder | None:
        return self.orders[0] if self.orders else None


def all_people(
    touchpoints: list[Touchpoint], orders: list[SettledOrder], run: Run, seeds: Seeds
) -> list[Person]:
    """The people with an inbound touchpoint; their touchpoints get visits and signals."""
    counted = {order.touchpoint_id: order for order in orders if order.is_counted}
    inbound: dict[str, list[Touchpoint]] = defaultdict(list)
    for touchpoint in touchpoints:
        if touchpoint.is_inbound:
            inbound[touchpoint.person_id].append(touchpoint)
    return [
        one_person(person_id, theirs, counted, run, seeds) for person_id, theirs in inbound.items()
    ]


def one_person(
    person_id: str,
    inbound: list[Touchpoint],
    counted: dict[str, SettledOrder],
    run: Run,
    seeds: Seeds,
) -> Person:
    orders = sorted(
        (counted[each.touchpoint_id] for each in inbound if each.touchpoint_id in counted),
        key=lambda order: (order.ordered_at, order.touchpoint_id),
    )
    person = Person(person_id, visits_of(person_id, inbound, run.visit_timeout_minutes), orders)
    order_visit = None
    if person.first_order is not None:
        order_visit = next(
            each.visit_number
            for each in inbound
            if each.touchpoint_id == person.first_order.touchpoint_id
        )
    set_signals(person.visits, person.first_order, order_visit, seeds)
    person.entries = walk(person.visits, seeds, run.as_of)
    return person
