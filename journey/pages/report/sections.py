"""What a section says of itself: `sections/<order>_<name>/section.yml`, checked while reading."""

from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

SECTIONS_DIR = Path(__file__).parent / "sections"

Format = Literal[
    "text",
    "count",
    "number",
    "score",
    "precise",
    "share",
    "percent",
    "points",
    "money",
    "signed_money",
    "hours",
    "days",
    "day",
    "month",
    "flag",
    "series",
]


PageName = Literal["index", "health"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Part):
    """One column of the query: its heading and how its values are written.

    `unit` is a column whose value is the format, row by row. `names` is what its values are, where
    the seed of display names has rows of them; of several kinds, a value without a row stays as it
    is.
    """

    label: str
    format: Format = "text"
    unit: str | None = None
    names: str | list[str] | None = None


class Switch(_Part):
    """A choice among the values of one column; `all` is what its null is called.

    A shared one is chosen once, in the page's bar, for all sections that have it; `note` says what
    the choice is of in this one.
    """

    column: str
    label: str
    shared: bool = False
    all: str | None = None
    note: str | None = None
    start: str | None = None
    words: dict[str, str] = Field(default_factory=dict)


class Section(_Part):
    """One section of the page. `draw` names the columns that the chart uses, by their parts.

    `context` are the columns of `context.sql`: rows that the picture needs beside its own, picked
    by the same switches. `page` is the page that it stands on. `headline` is a query of at most one
    row: `headline`, the section in one sentence, and on the page of data health `is_good`, whether
    all is well.
    """

    name: str
    page: PageName = "index"
    title: str
    question: str
    definition: str
    mart: str
    chart: str
    empty: str = "There is nothing to show yet."
    draw: dict[str, str | list[str]] = Field(default_factory=dict)
    switches: tuple[Switch, ...] = ()
    measures: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, Column]
    context: dict[str, Column] = Field(default_factory=dict)
    query: str
    context_query: str | None = None
    headline: str | None = None

    @cached_property
    def for_scripts(self) -> dict[str, object]:
        """What the page's scripts need to pick rows and to draw them."""
        return self.model_dump(
            include={
                "name",
                "title",
                "chart",
                "draw",
                "switches",
                "measures",
                "columns",
                "context",
            }
        )


def read_sections(folder: Path = SECTIONS_DIR) -> list[Section]:
    """Every section, in the order of the page."""
    return [_read(path) for path in sorted(folder.iterdir()) if path.is_dir()]


def _read(folder: Path) -> Section:
    given = yaml.safe_load((folder / "section.yml").read_text(encoding="utf-8"))
    query = (folder / "data.sql").read_text(encoding="utf-8")
    return Section(
        name=folder.name.split("_", 1)[1],
        query=query,
        context_query=_text(folder / "context.sql"),
        headline=_text(folder / "headline.sql"),
        **given,
    )


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
