"""Who the people of each persona are, beside all people."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from statistics import fmean

from .people import Person
from .periods import Calendar
from .quantiles import quantile
from .rows import Customer, Raw
from .run import Run
from .seeds import Seeds

MONTH = timedelta(days=30)
DAY = timedelta(days=1)
LARGEST = 20
SMALL = 30
NONE, OTHER = "none", "other"
BANDS = ((0, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64))


def persona_profiles(
    people: list[Person],
    current: Raw,
    customers: list[Customer],
    owners: dict[str, str],
    expected: dict[str, dict],
    run: Run,
    seeds: Seeds,
) -> dict[tuple, dict]:
    """Keys: persona (None: all people), trait and value (None: the measures).

    `owners` says of each touchpoint whose it is, `expected` what is expected of buyers.
    """
    births = {f"cust:{each.customer_id}": each.birth_year for each in customers}
    answers = defaultdict(list)
    for row in current["feedback"]:
        answers[owners[row.touchpoint_id]].append(row)
    tickets = defaultdict(list)
    for row in current["support_tickets"]:
        tickets[owners[row.touchpoint_id]].append(row)
    rules = {rule.touchpoint for rule in seeds.rules if "*" not in rule.touchpoint}
    year = last_year(run)
    traits = {
        person.person_id: {
            "country": {person.country or NONE},
            "age_band": {age_band(births.get(person.person_id), year)},
            "device": {person.device or NONE},
            "acquisition_channel": {person.acquisition_channel},
            "furthest_stage": {furthest(person, seeds) or NONE},
            "current_stage": {person.entries[-1].stage if person.entries else NONE},
            "favourite_touchpoint": {favourite(person, rules)},
            "support_topic": topics(tickets[person.person_id]),
            "feedback_topic": topics(answers[person.person_id]),
        }
        for person in people
    }
    cut_to_the_largest(traits.values())
    of_everybody = counted(traits.values())
    table: dict[tuple, dict] = {}
    for persona in {None, *(person.persona for person in people)}:
        members = [person for person in people if persona in (None, person.persona)]
        table[persona, None, None] = measures(members, people, answers, expected, run)
        theirs = counted(traits[person.person_id] for person in members)
        for (trait, value), number in theirs.items():
            everybody = of_everybody[trait, value] / len(people)
            share = number / len(members)
            table[persona, trait, value] = {
                "people": number,
                "share": share,
                "share_of_everybody": everybody,
                "index": share / everybody,
                "is_small": len(members) < SMALL,
                **dict.fromkeys(MEASURES),
            }
    return table


MEASURES = (
    "share_of_people", "net_revenue", "share_of_revenue", "order_count", "orders_per_person_month",
    "visits_per_person_month", "average_order_value", "median_days_between_orders", "nps",
    "nps_responses", "csat", "csat_responses", "expected_value_365d",
)  # fmt: skip


def measures(
    members: list[Person], people: list[Person], answers: dict, expected: dict, run: Run
) -> dict:
    months = sum((run.as_of - person.first_touch_at for person in members), timedelta()) / MONTH
    orders = sum(len(person.orders) for person in members)
    revenue = sum(person.net_revenue for person in members)
    everybody = sum(person.net_revenue for person in people)
    gaps = [
        (later.ordered_at - earlier.ordered_at) // timedelta(microseconds=1)
        for person in members
        for earlier, later in zip(person.orders, person.orders[1:], strict=False)
    ]
    given = [row for person in members for row in answers[person.person_id]]
    nps = [row.score for row in given if row.form == "nps"]
    csat = [row.score for row in given if row.form == "csat"]
    worths = [
        float(expected[person.person_id]["expected_value_365d"])
        for person in members
        if expected.get(person.person_id, {}).get("expected_value_365d") is not None
    ]
    promoters = sum(score >= 9 for score in nps)
    detractors = sum(score <= 6 for score in nps)
    # a tenth of a microsecond is what quantiles are rounded to
    median = None if not gaps else round(quantile(gaps, 0.5), 1) / (DAY / timedelta(microseconds=1))
    return {
        "people": len(members),
        "share": None,
        "share_of_everybody": None,
        "index": None,
        "is_small": len(members) < SMALL,
        "share_of_people": len(members) / len(people) if people else None,
        "net_revenue": revenue,
        "share_of_revenue": float(revenue) / float(everybody) if everybody else None,
        "order_count": orders,
        "orders_per_person_month": orders / months if months else None,
        "visits_per_person_month": (
            sum(len(person.visits) for person in members) / months if months else None
        ),
        "average_order_value": float(revenue) / orders if orders else None,
        "median_days_between_orders": median,
        "nps": 100 * (promoters - detractors) / len(nps) if nps else None,
        "nps_responses": len(nps),
        "csat": sum(score >= 4 for score in csat) / len(csat) if csat else None,
        "csat_responses": len(csat),
        "expected_value_365d": fmean(worths) if worths else None,
    }


def counted(given: Iterable[dict[str, set[str]]]) -> Counter:
    return Counter(
        (trait, value) for traits in given for trait, values in traits.items() for value in values
    )


def cut_to_the_largest(given: Iterable[dict[str, set[str]]]) -> None:
    given = list(given)
    by_trait = defaultdict(list)
    for (trait, value), number in counted(given).items():
        by_trait[trait].append((-number, value))
    kept = {
        trait: {value for _, value in sorted(sizes)[:LARGEST]} for trait, sizes in by_trait.items()
    }
    for traits in given:
        for trait, values in traits.items():
            traits[trait] = {value if value in kept[trait] else OTHER for value in values}


def topics(rows: list) -> set[str]:
    return {NONE if row.topic is None else row.topic for row in rows}


def favourite(person: Person, rules: set[str]) -> str:
    """The most frequent; of several the first by name."""
    touches = Counter(
        each.touchpoint
        for visit in person.visits
        for each in visit.touchpoints
        if each.touchpoint in rules
    )
    return min(touches, key=lambda name: (-touches[name], name), default=NONE)


def furthest(person: Person, seeds: Seeds) -> str | None:
    entered = [entry.stage for entry in person.entries if entry.stage in seeds.stages]
    return max(entered, key=seeds.position, default=None)


def age_band(birth_year: int | None, year: int) -> str:
    age = -1 if birth_year is None else year - birth_year
    for youngest, oldest in BANDS:
        if youngest <= age <= oldest:
            return f"{youngest}-{oldest}"
    return "65+" if 65 <= age <= 120 else NONE


def last_year(run: Run) -> int:
    return Calendar(run.reporting_time_zone).day(run.as_of - timedelta(microseconds=1)).year
