"""Which tool's export a file is, by what each format says of itself: the most evidence wins.

A member that few tools have is more evidence than one that many have. A format that says what it
is `known_by` is known by that alone: alternatives, each a list of members. The longest that a file
has is the most particular, and wins.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journey.core.settings import KINDS
from journey.ingest.contracts import Contract, read_contract
from journey.ingest.formats import GENERIC, Format, known_formats, read_format
from journey.ingest.read.headers import Expected
from journey.ingest.recognise.structure import Structure

# Of a format that does not say what it is known by: as much as two members of no other tool.
LEAST_EVIDENCE = 2.0


@dataclass(frozen=True)
class Match:
    """The tool of a file, and the kinds of data that it delivers; whether these are payments."""

    tool: str
    kinds: tuple[str, ...]
    payments: bool = False


def match(structure: Structure, own: Path | None = None) -> Match | None:
    """The tool of a file, or `canonical` for the contract's own names; None where none is known.

    `own` is where a team keeps its own formats.
    """
    if kind := _canonical(structure):
        return Match("canonical", (kind,))
    formats = _formats(own)
    weights = _weights(formats)
    scores: dict[str, dict[str, tuple[int, float]]] = {}
    for format in formats:
        if structure.container in format.reads:
            score = _score(structure, format, weights)
            if score[0] or (not format.known_by and score[1] >= LEAST_EVIDENCE):
                scores.setdefault(format.name, {})[format.kind] = score
    ranked = sorted(((max(kinds.values()), tool) for tool, kinds in scores.items()), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    tool = ranked[0][1]
    payments = any(format.payments for format in formats if format.name == tool)
    return Match(tool, tuple(scores[tool]), payments)


def expected(own: Path | None = None) -> list[Expected]:
    """What formats know of the columns of tables: of those without a header, and of those that have
    it below lines about the file."""
    formats = [format for format in _formats(own) if "csv" in format.reads]
    fields = sorted({format.fields for format in formats if format.fields})
    required = sorted({format.required for format in formats if format.required})
    return [
        *(Expected(fields=given) for given in fields),
        *(Expected(required=given) for given in required),
    ]


def _formats(own: Path | None) -> list[Format]:
    return [
        read_format(kind, tool, own)
        for kind in KINDS
        for tool in known_formats(kind, own)
        if tool not in GENERIC
    ]


def _canonical(structure: Structure) -> str | None:
    """The kind whose names a table bears; of several the one that lacks the fewest."""
    fits = [
        (len(contract.delivered_names), kind)
        for kind in KINDS
        if _is_canonical(structure, contract := read_contract(kind))
    ]
    return min(fits)[1] if fits else None


def _is_canonical(structure: Structure, contract: Contract) -> bool:
    given = {column.strip().lower() for column in structure.columns}
    return (
        bool(given)
        and given <= set(contract.delivered_names)
        and set(contract.required_names) <= given
        and all(contract.meets(rule, given) for rule in contract.one_of)
    )


def _weights(formats: list[Format]) -> dict[str, float]:
    """What it says of its tool that a file has a member."""
    tools = {format.name: set[str]() for format in formats}
    for format in formats:
        tools[format.name] |= set(_paths(format.columns))
    readers = Counter(path for paths in tools.values() for path in paths)
    return {path: 1 / count for path, count in readers.items()}


def _score(structure: Structure, format: Format, weights: dict[str, float]) -> tuple[int, float]:
    """How many members a format is known by that a file has, and what else speaks for it."""
    wanted = set(_paths(format.columns))
    required = {column.lower() for column in format.required}
    known, evidence = 0, 0.0
    for before in ("", *(f"{wrapper.lower()}." for wrapper in format.records)):
        paths = {path.removeprefix(before) for path in structure.paths if path.startswith(before)}
        if structure.container != "json" and not required <= paths:
            continue
        evidence = max(evidence, sum(weights[path] for path in wanted & paths))
        alternatives = [{member.lower() for member in members} for members in format.known_by]
        known = max([known, *(len(members) for members in alternatives if members <= paths)])
    return known, evidence


def _paths(columns: dict[str, Any], before: str = "") -> Iterator[str]:
    for member, inner in columns.items():
        path = before + str(member).lower()
        yield path
        while isinstance(inner, list):
            inner = inner[0]
        if isinstance(inner, dict):
            yield from _paths(inner, f"{path}.")
