"""Small pictures for the catalogue, drawn from a few rows as SVG inside markdown.

Dagster shows markdown in place only below a thousand characters, so a picture says little: its
caption is text, labels are few, and what does not fit is left out from the smallest on. The large
pictures are the report's. No number is computed here but places and widths on the canvas.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote

SHOWN_IN_PLACE = 1000
PLAIN_IN_ADDRESSES = "/:;=',.-!$*+?@~"


class Step(NamedTuple):
    """A row of a sankey: steps between two places on a line."""

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
    """A kind of picture: the rows that it wants, and how it is drawn."""

    row: type[tuple]
    draw: Callable[[Sequence], str]

    @property
    def rows(self) -> str:
        return ", ".join(self.row._fields)


def draw(shape: str, title: str, rows: Sequence[tuple]) -> str | None:
    """The picture as markdown, with its title below; None where there are no rows.

    Raises TypeError or ValueError when the rows are not the shape's.
    """
    chosen = SHAPES[shape]
    given = [chosen.row(*row) for row in rows]
    while given:
        markdown = f"![{shape}]({_address(chosen.draw(given))})\n\n{title}"
        if len(markdown) < SHOWN_IN_PLACE:
            return markdown
        given.pop()
    return None


def _address(svg: str) -> str:
    return "data:image/svg+xml," + quote(svg, safe=PLAIN_IN_ADDRESSES)


def _svg(width: int, height: int, content: str) -> str:
    frame = f"viewBox='0,0,{width},{height}' width='{width}'"
    text = "font-size='9' font-family='sans-serif' fill='gray'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {frame} {text}>{content}</svg>"


def _text(x: float, y: float, label: str) -> str:
    return f"<text x='{x:.0f}' y='{y:.0f}'>{escape(label, quote=False)}</text>"


def _sankey(steps: Sequence[Step]) -> str:
    """Places on a line; an arc as wide as its steps, above it onwards, below it back."""
    gap, axis, rise = 62, 76, 20
    places = {step.source_place: step.source for step in steps}
    places |= {step.target_place: step.target for step in steps}
    spot = {place: 30 + gap * number for number, place in enumerate(sorted(places))}
    most = max(step.steps for step in steps)
    arcs = []
    for step in steps:
        start, end = spot[step.source_place], spot[step.target_place]
        is_onwards = step.target_place > step.source_place
        side = -1 if is_onwards else 1
        far = axis + side * 8
        top = far + side * rise * abs(end - start) // gap
        width = max(1, round(12 * step.steps / most))
        arcs.append((is_onwards, width, f"M{start},{far}Q{(start + end) // 2},{top},{end},{far}"))
    paths = "".join(
        f"<path stroke='{'teal' if is_onwards else 'coral'}' stroke-width='{width}' "
        f"d='{''.join(arc for *_, arc in group)}'/>"
        for (is_onwards, width), group in groupby(sorted(arcs), key=lambda arc: arc[:2])
    )
    labels = "".join(_text(spot[place], axis + 3, places[place]) for place in places)
    return _svg(
        60 + gap * (len(places) - 1),
        2 * axis,
        f"<g fill='none' opacity='.6'>{paths}</g><g text-anchor='middle'>{labels}</g>",
    )


def _heatmap(squares: Sequence[Square]) -> str:
    """Lines down, columns across; five shades, of which the darkest is the largest value."""
    wide, high, left, top = 30, 12, 60, 12
    shades = ("#def", "#9cf", "#59e", "#25b", "#027")
    lines = {line: place for place, line in enumerate(dict.fromkeys(s.line for s in squares))}
    columns = sorted({square.column for square in squares})
    most = max((square.value for square in squares if square.value is not None), default=0) or 1
    cells: dict[int, str] = {}
    for line, column, value in squares:
        if value is not None:
            shade = min(len(shades) - 1, int(len(shades) * value / most))
            place = columns.index(column)
            cells[shade] = cells.get(shade, "") + f"M{place},{lines[line]}h1"
    paths = "".join(
        f"<path stroke='{shades[shade]}' d='{path}'/>" for shade, path in sorted(cells.items())
    )
    labels = "".join(
        _text(0, top + high * place + 9, line)
        for line, place in lines.items()
        if place in (0, len(lines) - 1)
    )
    across = _text(left + wide / 3, 8, str(columns[0]))
    across += _text(left + wide * (len(columns) - 1) + wide / 3, 8, str(columns[-1]))
    grid = f"<g transform='translate({left},{top + high // 2})scale({wide},{high})'>{paths}</g>"
    return _svg(left + wide * len(columns), top + high * len(lines), labels + across + grid)


def _funnel(bars: Sequence[Bar]) -> str:
    """One bar below the other, as long as its value; the label and the value beside it."""
    left, long, high = 90, 240, 18
    path = "".join(
        f"M{left},{high * place}h{max(1, long * bar.value):.0f}v{high - 4}H{left}z"
        for place, bar in enumerate(bars)
    )
    labels = "".join(
        _text(0, high * place + 11, f"{bar.label} {bar.value:.0%}")
        for place, bar in enumerate(bars)
    )
    return _svg(left + long, high * len(bars), f"<path fill='teal' d='{path}'/>{labels}")


SHAPES = {
    "sankey": Shape(Step, _sankey),
    "heatmap": Shape(Square, _heatmap),
    "funnel": Shape(Bar, _funnel),
}
