"""Everything that is known of one person, put together from the touchpoints."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .orders import SettledOrder
from .rows import Customer
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
    country_of_record: str | None = None
    marketing_consent: bool | None = None
    entries: list[Entry] = field(default_factory=list)
    scores: tuple[int, int, int] | None = None  # recency, frequency, monetary; None without order
    persona: str = ""
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

    @property
    def net_revenue(self) -> Decimal:
        return sum((order.net_revenue or Decimal(0) for order in self.orders), Decimal(0))

    @property
    def device(self) -> str | None:
        return self.first_seen("device")

    @property
    def country(self) -> str | None:
        return self.country_of_record or self.first_seen("country")

    def first_seen(self, attribute: str) -> str | None:
        for visit in self.visits:
            for touchpoint in visit.touchpoints:
                if getattr(touchpoint, attribute) is not None:
                    return getattr(touchpoint, attribute)
        return None


def all_people(
    touchpoints: list[Touchpoint],
    orders: list[SettledOrder],
    customers: list[Customer],
    run: Run,
    seeds: Seeds,
) -> list[Person]:
    """The people with an inbound touchpoint; their touchpoints get visits and signals."""
    counted = {order.touchpoint_id: order for order in orders if order.is_counted}
    inbound: dict[str, list[Touchpoint]] = defaultdict(list)
    for touchpoint in touchpoints:
        if touchpoint.is_inbound:
            inbound[touchpoint.person_id].append(touchpoint)
    people = [
        one_person(person_id, theirs, counted, run, seeds) for person_id, theirs in inbound.items()
    ]
    records = {f"cust:{customer.customer_id}": customer for customer in customers}
    for person in people:
        record = records.get(person.person_id)
        if record is not None:
            person.country_of_record = record.country
            person.marketing_consent = record.marketing_consent
    score(people)
    for person in people:
        person.persona = seeds.persona(person.scores or (0, 0, 0))
    return people


def score(people: list[Person]) -> None:
    """From 1 to 5 by each of three measures: in fifths of the share of buyers who did worse."""
    buyers = [person for person in people if person.orders]
    measures = (
        [person.orders[-1].ordered_at for person in buyers],
        [len(person.orders) for person in buyers],
        [person.net_revenue for person in buyers],
    )
    ranked = [sorted(values) for values in measures]
    for number, person in enumerate(buyers):
        person.scores = tuple(
            min(5, 1 + 5 * bisect_left(in_order, values[number]) // len(buyers))
            for values, in_order in zip(measures, ranked, strict=True)
        )


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
