"""Everything that is known of one person, put together from the touchpoints."""

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
    """In which fifth of the buyers everybody is, by each of three measures; 5 is best."""
    buyers = [person for person in people if person.orders]
    measures = (
        lambda person: person.orders[-1].ordered_at,
        lambda person: len(person.orders),
        lambda person: person.net_revenue,
    )
    fifths = [
        fifths_of(sorted(buyers, key=lambda person: (measure(person), person.person_id)))
        for measure in measures
    ]
    for person in buyers:
        person.scores = tuple(each[person.person_id] for each in fifths)


def fifths_of(ranked: list[Person]) -> dict[str, int]:
    """Five parts as equal as can be, the earlier ones with the one that is too many."""
    size, larger = divmod(len(ranked), 5)
    sizes = [size + (number < larger) for number in range(5)]
    fifths = [number for number, count in enumerate(sizes, start=1) for _ in range(count)]
    return {person.person_id: fifth for person, fifth in zip(ranked, fifths, strict=True)}


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
