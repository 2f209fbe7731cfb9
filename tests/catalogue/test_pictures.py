"""Pictures: small enough to be shown in place, whole SVG, and true to their rows."""

from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from journey.catalogue.pictures import SHADES, SHOWN_IN_PLACE, draw

STAGES = ["start", "Awareness", "Consideration", "Intent", "Purchase", "Retention", "lapsed"]
SVG = "{http://www.w3.org/2000/svg}"


def steps() -> list[tuple]:
    """Every step between two stages, the most frequent first."""
    pairs = [(a, b) for a in range(len(STAGES)) for b in range(1, len(STAGES)) if a != b]
    return [
        (STAGES[a], a, STAGES[b], b, 1000 // (number + 1)) for number, (a, b) in enumerate(pairs)
    ]


def svg_of(markdown: str) -> ElementTree.Element:
    address = markdown.split("](data:image/svg+xml,")[1].split(")\n\n")[0]
    assert not set(address) & set(' <>()"#')
    return ElementTree.fromstring(unquote(address))  # noqa: S314 - our own


def texts(markdown: str) -> list[str]:
    return [element.text for element in svg_of(markdown).iter(f"{SVG}text")]


def paths(markdown: str) -> list[dict[str, str]]:
    return [dict(element.attrib) for element in svg_of(markdown).iter(f"{SVG}path")]


def test_a_sankey_names_every_place_and_draws_the_most_frequent_steps() -> None:
    markdown = draw("sankey", "Steps.", steps())
    assert len(markdown) < SHOWN_IN_PLACE
    assert markdown.endswith("\n\nSteps.")
    assert texts(markdown) == STAGES
    arcs = sum(path["d"].count("M") for path in paths(markdown))
    assert 5 <= arcs < len(steps())
    assert draw("sankey", "Steps.", steps()[:2]).count("q") == 2


def test_steps_back_are_on_the_other_side_and_frequent_steps_are_wide() -> None:
    rows = [("a", 0, "b", 1, 100), ("b", 1, "a", 0, 1)]
    onwards, back = sorted(paths(draw("sankey", "", rows)), key=lambda path: path["stroke"])[::-1]
    assert (onwards["d"], onwards["stroke-width"]) == ("M0,1q4,1,0,2", "1")
    assert (back["d"], back["stroke-width"]) == ("M0,3q-4,-1,0,-2", "0.1")


def test_a_heatmap_is_dark_where_the_value_is_large_and_empty_where_there_is_none() -> None:
    rows = [("new", 1, 0.5), ("new", 2, None), ("old", 1, 0.5), ("old", 2, 0.01), ("old", 3, 0.01)]
    cells = {path["stroke"]: path["d"] for path in paths(draw("heatmap", "", rows))}
    assert cells == {SHADES[-1]: "M0,0h1M0,1h1", SHADES[0]: "M1,1h2"}
    assert texts(draw("heatmap", "", rows)) == ["new", "old", "13"]


@pytest.mark.parametrize("value", [0.0, None])
def test_a_heatmap_of_nothing_is_pale(value: float | None) -> None:
    markdown = draw("heatmap", "", [("a", 1, value)])
    assert {path["stroke"] for path in paths(markdown)} <= {SHADES[0]}


def test_a_funnel_is_as_long_as_its_values() -> None:
    markdown = draw("funnel", "", [("Awareness", 1.0), ("Purchase", 0.2)])
    assert paths(markdown)[0]["d"] == "M100,0h150v14H100zM100,18h30v14H100z"
    assert texts(markdown) == ["Awareness 100%", "Purchase 20%"]


def test_a_label_is_text_whatever_it_is() -> None:
    hostile = "</text><script>)![x](y) \"'&#<"
    assert texts(draw("funnel", "", [(hostile, 0.5)])) == [f"{hostile} 50%"]


def test_no_rows_are_no_picture() -> None:
    assert draw("heatmap", "", []) is None


@pytest.mark.parametrize("rows", [[("a",)], [("a", "b")], [("a", 0.1, 1)]])
def test_rows_of_another_shape_are_rejected(rows: list[tuple]) -> None:
    with pytest.raises((TypeError, ValueError)):
        draw("funnel", "", rows)
