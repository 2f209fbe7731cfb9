"""JSON records, one a row, whether they come as lines, arrays or lists in a document.

A format's structure, the contract's names, or what the records themselves give says which members
there are and of which types. Records that cannot be read so are unreadable, each with its reason.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from journey.core.database import Connection, only_value
from journey.core.sql import name, text, texts
from journey.ingest.formats import sql_type
from journey.ingest.read import (
    broken_lines,
    encodings,
    lines,
    members,
    mixed_members,
    names,
    nesting,
    not_utf8,
    one_spelling,
    record_shapes,
    spellings,
    wrong_types,
)
from journey.ingest.read.inspection import Inspected
from journey.ingest.read.reading import Reading, Retypable
from journey.ingest.read.relations import COUNTED, KEPT, RECORDS, UNREADABLE, Lines

IS_WHOLE = """case when fault = 'nested_too_deep' or not json_valid(line) then false
    else json_type(line) = 'OBJECT' end"""


@dataclass(frozen=True)
class _Form:
    """How records are read: their members and types, in which spellings besides their own.

    `mixed` are places of several types. `fault` is SQL: why a line cannot be read; `as_delivered`,
    its text.
    """

    structure: dict[str, Any]
    layers: Sequence[spellings.Layer] = ()
    mixed: Sequence[mixed_members.Place] = ()
    fault: str = "fault"
    as_delivered: str = "line"
    only_members: Sequence[str] | None = None


def read_json(
    connection: Connection,
    files: Sequence[Inspected],
    structure: dict[str, Any] | None,
    wrappers: tuple[str, ...],
    only_members: Iterable[str] | None = None,
    wanted: Iterable[str] = (),
    as_text: Iterable[str] = (),
) -> Reading:
    """The records of like files.

    `structure` None takes every member that some record has; those of them that are `wanted` must
    be clear. With `only_members`, a record with another member is unreadable.
    """
    found = lines.read_values(connection, files, structure, wrappers)
    is_marked = any(file.is_marked for file in files)
    if is_marked:
        connection.execute(
            f"""update {found.values} set fault = {text(not_utf8.REASON)}
            where {encodings.of_marked(files)} and {not_utf8.is_marked("line")}"""
        )
    if structure is None:
        form = _inferred(connection, found, wanted, as_text)
    elif only_members is not None:
        form = _of_names(connection, found, structure, tuple(only_members))
    else:
        form = _of_format(connection, found, structure, wrappers)
    as_delivered = not_utf8.shown(form.as_delivered) if is_marked else form.as_delivered
    read = JsonReading(connection, found, form, as_delivered)
    connection.execute(
        f"""create view {UNREADABLE} as
        select _file, _row, fault as reason,
            {_unknown_member(form.only_members)} as value,
            as_delivered as row_text
        from {RECORDS} where fault is not null"""
    )
    connection.execute(
        f"""create view {COUNTED} as
        select _file, count(*) as records from {RECORDS} group by all"""
    )
    encodings.reject_other_encodings(connection, files)
    read.show_all()
    return read


class JsonReading(Reading):
    """Records with their members; those whose type hangs on single records may be retyped."""

    is_open_ended = True

    def __init__(
        self, connection: Connection, found: Lines, form: _Form, as_delivered: str
    ) -> None:
        columns = {member: sql_type(inner) for member, inner in form.structure.items()}
        super().__init__(connection, columns)
        self._lines = found
        self._form = form
        self._structure = form.structure
        self._as_delivered = as_delivered
        self._chosen: dict[mixed_members.Place, Any] = {}  # types that were asked for
        self._make_records()

    def values(self) -> str:
        return self._values(KEPT, "fault is null")

    def unreadable_values(self) -> str:
        return self._values(RECORDS, f"fault is not null and {IS_WHOLE}")

    def parts_of_values(self) -> str:
        broken = f"""(
            select _file, _row, {broken_lines.first_members("line")} as line
            from {RECORDS} where fault is not null and not {IS_WHOLE}
        )"""
        return self._values(broken, "true")

    def with_texts(self, rows: str) -> str:
        return (
            f"select asked.*, records.as_delivered as row_text from {rows} as asked"
            f" left join {RECORDS} as records"
            " on asked._file = records._file and asked._row = records._row"
        )

    def other_types(self, used: set[str]) -> list[Retypable]:
        return [
            (place, type, mixed_members.types_at(self.connection, self._lines, place))
            for place in self._form.mixed
            if {member.lower() for member in place} <= used
            and (type := mixed_members.type_in(self._structure, place)) is not None
        ]

    def set_type(self, place: mixed_members.Place, type: Any) -> None:
        self._structure = mixed_members.with_type(self._structure, place, type)
        self.columns[place[0]] = sql_type(self._structure[place[0]])
        self._chosen.pop(place, None)
        if type != mixed_members.TEXT:
            self._chosen[place] = type
        self._make_records()

    def _make_records(self) -> None:
        """Make the view of the records, unreadable where a value is not of a chosen type."""
        checks = [
            wrong_types.misfit(members.path_to(*spelled), type)
            for place, type in self._chosen.items()
            for spelled in self._spelled(place)
        ]
        misfit = f"coalesce({', '.join(checks)}, null)" if checks else "null"
        self.connection.execute(
            f"""create or replace view {RECORDS} as
            select _file, _row, line, as_delivered,
                case when fault is null and misfit is not null then {text(wrong_types.WRONG_TYPE)}
                    else fault end as fault,
                coalesce(value, misfit) as value
            from (
                select lines._file, _line - before_first as _row, line,
                    {self._form.fault} as fault,
                    lines.value, {self._as_delivered} as as_delivered,
                    cast({misfit} as varchar) as misfit
                from {self._lines.values} as lines
                inner join {self._lines.starts} as line_starts on lines._file = line_starts._file
                where fault is null or fault <> 'blank'
            )"""
        )

    def _values(self, rows: str, condition: str) -> str:
        layers = self._form.layers
        values = "".join(f", {self._member(m)} as {name(m)}" for m in self.columns)
        forms = [self._structure]
        forms += [{spelled: self._structure[m] for m, spelled in layer.items()} for layer in layers]
        record = ", ".join(
            f"json_transform(line, {text(json.dumps(_json_types(of)))}) as {_layer(number)}"
            for number, of in enumerate(forms)
        )
        return f"""select _file, _row{values}
            from (
                select _file, _row, {record if values else "null as record"}
                from {rows} where {condition}
            )"""

    def _member(self, member: str) -> str:
        """SQL: a member, whichever way a record spells it; no record has two of one name."""
        spelled = [f"record.{name(member)}"]
        spelled += [
            f"{_layer(number)}.{name(layer[member])}"
            for number, layer in enumerate(self._form.layers, 1)
            if member in layer
        ]
        return f"coalesce({', '.join(spelled)})" if len(spelled) > 1 else spelled[0]

    def _spelled(self, place: mixed_members.Place) -> list[mixed_members.Place]:
        """A place in all spellings of its member."""
        others = [layer[place[0]] for layer in self._form.layers if place[0] in layer]
        return [(member, *place[1:]) for member in (place[0], *others)]


def _layer(number: int) -> str:
    return f"record{number or ''}"


def _inferred(
    connection: Connection,
    found: Lines,
    wanted: Iterable[str],
    as_text: Iterable[str],
) -> _Form:
    """Every member that some record has; one that is never given has no type of its own."""
    connection.execute(
        f"""update {found.values} set fault = 'nested_too_deep'
        where fault is null and {nesting.is_too_deep("line")}"""
    )
    given = only_value(
        connection,
        f"select json_group_structure(cast(line as json)) from {found.values} where fault is null",
    )
    structure = json.loads(given) if given else {}
    # Of records that have no member at all, the database has no structure to tell.
    members_of = structure if isinstance(structure, dict) else {}
    structure = {m: inner for m, inner in members_of.items() if m not in names.UNNAMEABLE}
    mixed = [p for p in mixed_members.places(structure) if p[0].lower() not in as_text]
    structure = spellings.set_aside(connection, found, structure, wanted)
    structure = mixed_members.texts_where_mixed(structure)
    structure, layers = spellings.merged(structure)
    structure = {
        member: "VARCHAR" if isinstance(inner, str) and member.lower() in as_text else inner
        for member, inner in structure.items()
    }
    return _Form(structure, layers, mixed)


def _of_format(
    connection: Connection,
    found: Lines,
    structure: dict[str, Any],
    wrappers: tuple[str, ...],
) -> _Form:
    """A format's own members; a record in which one is of another type is unreadable."""
    shapes = record_shapes.RecordShapes(
        connection,
        found,
        structure,
        wrong_types.paths_of(structure),
    )
    spellings.set_wrappers_given_twice_aside(shapes, wrappers)
    has_others = one_spelling.take(connection, found, structure, shapes)
    spellings.set_given_twice_aside(shapes)
    wrong_types.set_aside(connection, found, structure, shapes)
    shapes.drop()
    return _Form(structure, as_delivered="coalesce(as_delivered, line)" if has_others else "line")


def _of_names(
    connection: Connection,
    found: Lines,
    structure: dict[str, Any],
    only_members: Sequence[str],
) -> _Form:
    """These members and no other."""
    layers = spellings.found_in_lines(connection, found, only_members)
    known = [*only_members, *(spelled for layer in layers for spelled in layer.values())]
    free = [m for m in only_members if structure[m] == "json"]
    free += [layer[m] for layer in layers for m in free if m in layer]
    twice = [members.is_given_twice("line")]
    twice += [spellings.is_given_twice_within(members.path_to(member)) for member in free]
    fault = (
        "case when fault is not null then fault"
        f" when not list_has_all([{texts(known)}], json_keys(line)) then 'unknown_column'"
        f" when {' or '.join(twice)} then '{spellings.GIVEN_TWICE}' end"
    )
    return _Form(structure, layers, fault=fault, only_members=only_members)


def _unknown_member(only_members: Iterable[str] | None) -> str:
    if only_members is None:
        return "value"
    return (
        "case when fault = 'unknown_column' then without_addresses(left(list_filter("
        f"json_keys(line), lambda member: not list_contains([{texts(only_members)}], member)"
        ")[1], 80)) end"
    )


def _json_types(structure: Any) -> Any:
    """A structure as json_transform takes it."""
    if isinstance(structure, dict):
        typed = {member: _json_types(inner) for member, inner in structure.items()}
        # A struct has no two names that differ in case alone; such a member is taken as it is.
        return typed if len({member.lower() for member in typed}) == len(typed) else "JSON"
    if isinstance(structure, list):
        return [_json_types(structure[0])]
    return str(structure).upper()
