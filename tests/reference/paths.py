"""The ways that people took, through stages and through channels, counted."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from .attribution import Attribution
from .quantiles import quantile

LISTED = 1000
OTHER = "(other)"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Way:
    path_type: str
    path: str
    person_id: str
    started_at: datetime
    converted_at: datetime | None


def journey_paths(attribution: Attribution) -> dict[tuple, dict]:
    """Keys: path_type, path."""
    taken = [*ways_of_stages(attribution), *ways_of_channels(attribution)]
    table = {}
    for path_type in ("stage", "channel"):
        by_path = defaultdict(list)
        for way in taken:
            if way.path_type == path_type:
                by_path[way.path].append(way)
        ranked = sorted(by_path, key=lambda path: rank(path, by_path[path]))
        listed = {path: by_path[path] for path in ranked[:LISTED]}
        others = [way for path in ranked[LISTED:] for way in by_path[path]]
        if others:
            listed[OTHER] = others
        table |= {(path_type, path): measures(ways) for path, ways in listed.items()}
    return table


def ways_of_stages(attribution: Attribution) -> list[Way]:
    return [
        Way(
            "stage",
            " > ".join(stage for stage, _ in groupby(entry.stage for entry in person.entries)),
            person.person_id,
            person.entries[0].entered_at,
            person.first_order.ordered_at if person.first_order else None,
        )
        for person in attribution.recounted.people
        if person.entries
    ]


def ways_of_channels(attribution: Attribution) -> list[Way]:
    ways = [
        Way(
            "channel",
            " > ".join(conversion.channels),
            conversion.person.person_id,
            conversion.touches[0].started_at,
            conversion.order.ordered_at,
        )
        for conversion in attribution.conversions
        if conversion.touches
    ]
    for person_id, touches in attribution.open_paths.items():
        path = " > ".join(visit.channel for visit in touches)
        ways.append(Way("channel", path, person_id, touches[0].started_at, None))
    return ways


def rank(path: str, ways: list[Way]) -> tuple:
    listed = measures(ways)
    return (-listed["people"], -listed["conversions"], path)


def measures(ways: list[Way]) -> dict:
    days = [(way.converted_at - way.started_at) / DAY for way in ways if way.converted_at]
    return {
        "paths": len(ways),
        "people": len({way.person_id for way in ways}),
        "conversions": len(days),
        "conversion_rate": len(days) / len(ways),
        "median_days": quantile(days, 0.5),
    }
