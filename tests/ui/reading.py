"""How the report writes what the snapshot has, for tests that hold one against the other."""

from math import floor

import duckdb
from playwright.sync_api import Locator, expect

from journey.core.seeds import read_seed
from tests.conftest import Shop

NOTHING = "\N{EN DASH}"
LABELS = {(row["name_of"], row["value"]): row["label"] for row in read_seed(None, "display_names")}


def see(section: Locator) -> None:
    """Scroll to a section, which then draws itself."""
    section.scroll_into_view_if_needed()
    expect(section).to_have_attribute("data-drawn", "")


def published(shop: Shop, query: str) -> list[tuple]:
    path = str(shop.published / "current.duckdb")
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def count(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


def share(value: float | None) -> str:
    return NOTHING if value is None else f"{floor(round(value, 9) * 1000 + 0.5) / 10:.1f}%"


def hours(value: float | None) -> str:
    if value is None:
        return NOTHING
    if value < 1:
        return f"{floor(value * 60 + 0.5)} min"
    if value < 10:
        return f"{value:,.1f} h"
    return f"{floor(value + 0.5)} h" if value < 48 else f"{value / 24:,.1f} days"


def named_stage(stage: str) -> str:
    return LABELS.get(("stage", stage), stage)


def named_touchpoint(touchpoint: str) -> str:
    """Without a row of the names: `web:view_item_list` is `View item list (web)`."""
    group, name = touchpoint.split(":")
    spoken = f"{name.replace('_', ' ').capitalize()} ({group})"
    return LABELS.get(("touchpoint", touchpoint), spoken)
