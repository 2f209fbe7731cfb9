"""Small pictures for the catalogue, drawn from a few rows as SVG inside markdown.

Dagster shows markdown in place only below a thousand characters, so a picture says little: its
caption is text, labels are few, and what does not fit is left out from the smallest on. The large
pictures are the report's. No number is computed here but places and widths on the canvas.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote

SHOWN_IN_PLACE = 1000
PLAIN = "/:;=',.-!$*+?@~"
TEXT = "fill='gray' style='font:10px sans-serif'"
SHADES = ("#def", "#9cf", "#59e", "#25b", "#027")
WIDTHS = (0.1, 0.4, 1)


class Step(NamedTuple):
    """A row of a sankey: steps between two places on a line, the most frequent first."""

    source: str
    source_place: int
    target: str
    target_place: int
    steps: int


class Square(NamedTuple):
    """A row of a heatmap: one cell, and how dark it is (0 to 1; null is left empty)."""

    line: str
    column: int
    value: float | None


class Bar(NamedTuple):
    """A row of a funnel: one bar, and how long it is (0 to 1)."""

    label: str
    value: float


@dataclass(frozen=True)
class Shape:
    """A kind of picture: the rows that it wants, and how as many of them as fit are drawn."""

    row: Callable[..., Any]
    columns: tuple[str, ...]
    draw: Callable[[Sequence[Any], int], str]

    @property
    def rows(self) -> str:
        return ", ".join(self.columns)


def draw(shape: str, title: str, rows: Sequence[tuple[Any, ...]]) -> str | None:
    """The picture as markdown, with its title below; None where there are no rows.

    Raises TypeError or ValueError when the rows are not the shape's.
    """
    chosen = SHAPES[shape]
    given = [chosen.row(*row) for row in rows]
    for fitting in range(len(given), 0, -1):
        address = "data:image/svg+xml," + quote(chosen.draw(given, fitting), safe=PLAIN)
        markdown = f"![{shape}]({address})\n\n{title}"
        if len(markdown) < SHOWN_IN_PLACE:
            return markdown
    return None


def _svg(width: int, height: int, content: str) -> str:
    size = f"width='{width}' height='{height}'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size} {TEXT}>{content}</svg>"


def _label(y: int, label: str) -> str:
    return f"<text y='{y}'>{escape(label, quote=False)}</text>"


def _sankey(steps: Sequence[Step], fitting: int) -> str:
    """Places one below the other; an arc right of them leads onwards, one left of them back.

    Of arcs the first `fitting` are drawn, of places all.
    """
    unit, axis = 9, 17
    places = {step.source_place: step.source for step in steps}
    places |= {step.target_place: step.target for step in steps}
    spot = {place: 1 + 2 * number for number, place in enumerate(sorted(places))}
    most = max(step.steps for step in steps)
    arcs: dict[tuple[str, float], str] = {}
    for step in steps[:fitting]:
        start = spot[step.source_place]
        down = spot[step.target_place] - start
        colour, bulge = ("teal", down + 2) if down > 0 else ("coral", down - 2)
        width = next(width for width in WIDTHS if width >= step.steps / most)
        arc = f"M0,{start}q{bulge},{down // 2},0,{down}"
        arcs[colour, width] = arcs.get((colour, width), "") + arc
    paths = "".join(
        f"<path stroke='{colour}' stroke-width='{width}' d='{path}'/>"
        for (colour, width), path in sorted(arcs.items())
    )
    labels = "".join(_label(unit * spot[place] + 3, places[place]) for place in sorted(places))
    drawn = f"<g transform='translate({unit * axis})scale({unit})' fill='none'>{paths}</g>"
    return _svg(unit * 26, unit * 2 * len(places), labels + drawn)


def _heatmap(squares: Sequence[Square], fitting: int) -> str:
    """Lines down, columns across; of five shades the darkest is the largest value."""
    left, top, wide, high = 50, 12, 20, 12
    known = [square for square in squares[:fitting] if square.value is not None]
    most = max((_value(square) for square in known), default=0) or 1
    lines = {line: place for place, line in enumerate(dict.fromkeys(s.line for s in known))}
    first = min((square.column for square in known), default=0)
    last = max((square.column for square in known), default=0)
    paths: dict[str, str] = {}
    runs = groupby(enumerate(known), lambda item: (_shade(item[1], most), *_run(*item)))
    for (shade, line, _), run in runs:
        cells = [square for _, square in run]
        path = f"M{cells[0].column - first},{lines[line]}h{len(cells)}"
        paths[shade] = paths.get(shade, "") + path
    drawn = "".join(f"<path stroke='{shade}' d='{path}'/>" for shade, path in paths.items())
    ends = list(lines)[:1] + list(lines)[1:][-1:]
    labels = "".join(_label(top + high * lines[line] + 9, line) for line in ends)
    across = f"<text x='{left + 7},{left + 7 + wide * (last - first)}' y='9'>{first}{last}</text>"
    grid = f"<g transform='translate({left},{top + high // 2})scale({wide},{high})'>{drawn}</g>"
    size = left + wide * (last - first + 1), top + high * len(lines)
    return _svg(*size, labels + across + grid)


def _shade(square: Square, most: float) -> str:
    return SHADES[min(len(SHADES) - 1, int(len(SHADES) * _value(square) / most))]


def _value(square: Square) -> float:
    return square.value or 0


def _run(place: int, square: Square) -> tuple[str, int]:
    """The same for neighbours in a line: their columns rise as their places do."""
    return square.line, square.column - place


def _funnel(bars: Sequence[Bar], fitting: int) -> str:
    """One bar below the other, as long as its value; the label and the value beside it."""
    left, long, high = 100, 150, 18
    path = "".join(
        f"M{left},{high * place}h{max(1, long * bar.value):.0f}v{high - 4}H{left}z"
        for place, bar in enumerate(bars[:fitting])
    )
    labels = "".join(
        _label(high * place + 11, f"{bar.label} {bar.value:.0%}")
        for place, bar in enumerate(bars[:fitting])
    )
    return _svg(left + long, high * fitting, f"<path fill='teal' d='{path}'/>{labels}")


SHAPES = {
    "sankey": Shape(Step, Step._fields, _sankey),
    "heatmap": Shape(Square, Square._fields, _heatmap),
    "funnel": Shape(Bar, Bar._fields, _funnel),
}
