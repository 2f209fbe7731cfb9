"""Which deliveries that were loaded are none any more: what counts of a path is its last content.

A path's content ends with the next one that is loaded. Where a file was renamed, the content is the
new path's. What was loaded of a file that is gone stays, as no other file says it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from journey.ingest.outcomes import PastDelivery
from journey.ingest.planning.landing import Delivery, Superseded

DeliveryPlace = tuple[str, str, int]


@dataclass
class Ended:
    """Deliveries that end: with one that is to be loaded, or because of one that is loaded."""

    by_new: dict[DeliveryPlace, list[Superseded]] = field(default_factory=dict)
    by_loaded: list[Superseded] = field(default_factory=list)


def ended(
    known: Mapping[DeliveryPlace, PastDelivery],
    found: Sequence[Delivery],
    new: Sequence[Delivery],
    there: Iterable[tuple[str, str]],
) -> Ended:
    """Of the `known` deliveries those that end.

    `found` are the deliveries that lie in the landing paths, with their contents, `new` those of
    them that are to be loaded, and `there` the source and path of every file that lies there.
    """
    there = set(there)
    newest = {place[:2]: place for place in sorted(known) if known[place].is_current}
    of_new = {delivery.place[:2]: delivery.place for delivery in new}
    holding: dict[tuple[str, str], DeliveryPlace] = {}
    for delivery in found:
        before = known.get(delivery.place)
        is_loaded = before is not None and before.is_current
        if not delivery.fault and (is_loaded or of_new.get(delivery.place[:2]) == delivery.place):
            holding.setdefault((delivery.source.name, delivery.sha256), delivery.place)
    result = Ended()
    for place, before in known.items():
        if not before.is_current:
            continue
        path = place[:2]
        ends_with = of_new.get(path) or newest[path]
        if ends_with == place and path not in there:
            ends_with = holding.get((place[0], before.sha256), place)
        if ends_with == place:
            continue
        superseded = Superseded(*place, before.lineage_name)
        if of_new.get(ends_with[:2]) == ends_with:
            result.by_new.setdefault(ends_with, []).append(superseded)
        else:
            result.by_loaded.append(superseded)
    return result
