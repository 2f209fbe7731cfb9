"""The recounted attribution and paths held against their marts, cell by cell."""

import math
from collections.abc import Iterable
from pathlib import Path

from .attribution import Attribution
from .compare import Difference, differences_of
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
        for difference in differences_of(mart, expected, found):
            if not is_near(difference.recounted, difference.found):
                yield difference


def is_near(recounted: object, found: object) -> bool:
    """Shares agree to a billionth: both sides approach them by steps."""
    are_shares = isinstance(recounted, float) and isinstance(found, float)
    return are_shares and math.isclose(recounted, found, rel_tol=0, abs_tol=1e-9)
