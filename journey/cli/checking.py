"""How the findings of `journey check` look in a terminal. Words alone; no data is read here."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from journey.cli.commands import with_options
from journey.ingest.trial import Column, Found, Identifiers, Names

COLUMNS = ("column", "type", "given", "made of", "read as")
SHOWN = 12
LONGEST = 60
# What becomes of words that tools have of their own.
KEPT_WORDS = {
    "status": "such orders count as placed",
    "event_name": "are no act of a person unless a row of seeds/stage_rules.csv names them",
}


def show(found: Sequence[Found], *, as_json: bool, is_showing_values: bool) -> None:
    """What would become of each source's file."""
    if as_json:
        print(json.dumps({"sources": [_as_dict(of, is_showing_values) for of in found]}))
        return
    console = Console(highlight=False, soft_wrap=True)
    for of in found:
        _source(console, of, is_showing_values)
        console.print()
    console.print(with_options(_conclusion(found)), markup=False)


def _conclusion(found: Sequence[Found]) -> str:
    lossy = [of.source for of in found if of.is_lossy]
    if lossy:
        return (
            f"Of {', '.join(lossy)} not all would be kept. Fix what is marked ✗, check again; what "
            "is left over goes to quarantine in a run. Nothing was changed."
        )
    if not any(of.file for of in found):
        return "There is no file to check: put one where a source's path says. Nothing was changed."
    return "All that was looked at would be kept: `journey run` loads it. Nothing was changed."


def _source(console: Console, of: Found, is_showing_values: bool) -> None:
    console.print(Text(of.source, "bold"), f"{of.kind}, {of.format}:", end=" ")
    if of.file is None:
        console.print(f"no file lies at {of.path}", markup=False)
        return
    console.print(of.file, markup=False)
    if of.rejected:
        _line(console, "[red]✗[/]", f"rejected: {of.rejected}")
        return
    _line(console, " ", _rows(of))
    for reason in of.reasons:
        value = f"; the value is {reason.value!r}" if is_showing_values and reason.value else ""
        rows = _number(reason.rows, "row")
        where = f"row {reason.row}" if reason.rows == 1 else f"such as row {reason.row}"
        _line(
            console,
            "[red]✗[/]",
            f"{rows} to quarantine as {reason.code}, {where}: {reason.sentence}{value}",
        )
    _columns(console, of)
    for sentence in _sentences(of):
        _line(console, "[yellow]![/]", sentence)
    for sentence in _facts(of):
        _line(console, " ", sentence)


def _line(console: Console, mark: str, sentence: str) -> None:
    console.print(" ", mark, end=" ")
    console.print(sentence, markup=False)


def _rows(of: Found) -> str:
    part = "of its first rows, " if of.is_part else ""
    counted = f"{_number(of.delivered, 'row')} delivered"
    if of.records != of.delivered:
        counted += f" (of {_number(of.records, 'record')})"
    return (
        f"{part}{counted}: {of.kept:,} would be kept, {of.quarantined:,} quarantined, "
        f"{of.duplicate:,} duplicate"
    )


def _columns(console: Console, of: Found) -> None:
    given = [column for column in of.columns if column.given]
    is_of_tool = all(column.origin is None for column in of.columns)
    names = ["column", "type", "given"] if is_of_tool else [*COLUMNS]
    table = Table(*names, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in given:
        cells = [column.name, column.type, _share(column, of.delivered)]
        if not is_of_tool:
            cells += [_cut(column.origin or ""), _cut(column.read_as or "")]
        table.add_row(*(Text(cell) for cell in cells))
    if given:
        console.print(Padding(table, (0, 0, 0, 4)))
    never = [column.name for column in of.columns if not column.given]
    if never and of.delivered:
        _line(console, " ", f"never given: {', '.join(never)}")


def _cut(expression: str) -> str:
    plain = " ".join(expression.split())
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def _share(column: Column, delivered: int) -> str:
    share = column.given / delivered
    return f"{share:.0%}" if share >= 0.01 else "< 1%"


def _sentences(of: Found) -> Iterator[str]:
    """What to see to before a run."""
    yield from of.notes
    for times in of.times:
        if times.without_zone and times.with_zone:
            yield (
                f"{times.column}: {times.without_zone:,} values have no time zone and are taken as "
                f"UTC, {times.with_zone:,} have one"
            )
        if times.dates and of.date_zone is None:
            yield (
                f"{times.column}: {times.dates:,} values are dates without a time and count at "
                "00:00 UTC; `date_only = true` puts them at the end of their day"
            )
    for names in of.names:
        yield _names(of, names)
    for identifiers in of.identifiers:
        yield from _identifiers(identifiers)


def _names(of: Found, names: Names) -> str:
    shown = ", ".join(f"{name} ({rows:,})" for name, rows in names.names[:SHOWN])
    more = names.others + max(0, len(names.names) - SHOWN)
    if more:
        shown += f"{' and ' if shown else ''}{more:,} more" if shown else f"{more:,} names"
    if names.are_kept:
        meaning = KEPT_WORDS[names.column]
        return f"no rule knows these values of {names.column}: {shown}; they load, and {meaning}"
    if names.column == "event_name" and of.kind != "email_events":
        return (
            f"no stage rule names these {names.column}s: {shown}; they load, and count as the "
            "rule for all others says; rows of seeds/stage_rules.csv give them stages"
        )
    return f"{of.kind} does not know these values of {names.column}: {shown}"


def _identifiers(of: Identifiers) -> Iterator[str]:
    if of.fillers:
        yield (
            f"{of.column}: {_number(of.fillers, 'value')} of it are words that stand for no one, "
            "and count as empty"
        )
    for shape, values in of.alike:
        yield (
            f"{of.column}: {values:,} of {of.values:,} values look like {shape}; it must be the "
            "shop's own id, and those of another tool go into anonymous_id as 'tool:id'"
        )
    for word, rows in of.words:
        yield (
            f"{of.column}: {rows:,} rows have '{word}'; if that stands for no one, add it to "
            "seeds/filler_identifiers.csv, or all of them are one person"
        )
    if of.most_frequent:
        yield (
            f"{of.column}: one value is on {of.most_frequent:.0%} of the rows; if it stands for no "
            "one, add it to seeds/filler_identifiers.csv"
        )


def _facts(of: Found) -> Iterator[str]:
    """What a run takes for granted."""
    for times in of.times:
        if times.without_zone and not times.with_zone:
            yield f"{times.column}: its times have no zone and are taken as UTC"
    if of.date_zone:
        yield f"its times are dates, and count at the end of the day in {of.date_zone}"
    if of.unread or of.unread_others:
        more = of.unread_others + max(0, len(of.unread) - SHOWN)
        parts = [*of.unread[:SHOWN], *([f"{more:,} more"] if more else [])]
        yield f"nothing reads these columns of the file: {', '.join(parts)}"
    if of.people:
        people, stitched = of.people.people, of.people.stitched
        subject = "1 person" if people == 1 else f"{people:,} people"
        elsewhere = (
            ""
            if of.people.elsewhere is None
            else f"; {of.people.elsewhere / people:.0%} of them are in another source's file too"
        )
        yield (
            f"{subject}, of whom {stitched / people:.0%} are put together of two "
            f"identifiers or more{elsewhere}"
        )


def _as_dict(of: Found, is_showing_values: bool) -> dict[str, object]:
    given = asdict(of)
    if not is_showing_values:
        for reason in given["reasons"]:
            del reason["value"]
    return given


def _number(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
