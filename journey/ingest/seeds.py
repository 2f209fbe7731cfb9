"""The seeds that ingest reads too: one list, of dbt and of the edge.

Rows as they are written; what they mean is said beside each seed in `dbt_project/seeds/`.
"""

import csv
from functools import cache

from journey.core.settings import PROJECT_DIR

SEEDS_DIR = PROJECT_DIR / "dbt_project" / "seeds"


@cache
def read_seed(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `seeds/<name>.csv`."""
    with (SEEDS_DIR / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
