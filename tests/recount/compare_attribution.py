"""The recounted attribution and paths held against their marts, cell by cell."""

from collections.abc import Iterable
from pathlib import Path

from .attribution import Attribution
from .compare import Difference, Table, differences_of
from .paths import journey_paths
from .recount import Recount
from .warehouse import read_mart, read_raw

KEYS = {
    "channel_attribution_by_order": ("attribution_model", "touchpoint_id", "touch_number"),
    "channel_attribution": ("attribution_model", "month", "channel"),
    "journey_paths": ("path_type", "path"),
}
ROWS = 50  # fewer would say little


def attribution_differences(data_dir: Path, recounted: Recount) -> Iterable[Difference]:
    """What the marts of a built data dir say otherwise."""
    attribution = Attribution(recounted, read_raw(data_dir)["ad_spend"])
    tables = {
        "channel_attribution_by_order": attribution.by_order(),
        "channel_attribution": attribution.by_channel(),
        "journey_paths": journey_paths(attribution),
    }
    for mart, expected in tables.items():
        assert len(expected) > ROWS
        found = {tuple(row[key] for key in KEYS[mart]): row for row in read_mart(data_dir, mart)}
        yield from differences_of(mart, told(expected), told(found))


def told(table: Table) -> Table:
    """Shares to nine decimals: both sides approach them by steps."""
    return {
        key: {
            name: round(value, 9) + 0.0 if isinstance(value, float) else value
            for name, value in row.items()
        }
        for key, row in table.items()
    }
