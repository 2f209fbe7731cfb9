"""What JSON records look like: which names they have at which places, and which types there.

Most records of a file look alike. Each is looked at once, for its shape; what must hold for all of
them is asked of one record of each shape. A shape says nothing of values.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from journey.core import database
from journey.core.database import Connection
from journey.core.sql import text, texts
from journey.ingest.read.relations import ODD_RECORDS, RECORD_SHAPES, Lines

NO_PART_OF_PATHS = frozenset('"\\*')  # signs with a meaning of their own there, also in quotes


@dataclass(frozen=True)
class Objects:
    """The objects at one place of a record, or in its lists there, and the members known of them.

    `keys` is SQL: the names that each of them has in `line`, list by list.
    """

    path: str
    members: tuple[str, ...]

    @property
    def keys(self) -> str:
        found = f"json_keys(line, {text(self.path)})"
        return found if "[*]" in self.path else f"[{found}]"


@dataclass(frozen=True)
class FreeJson:
    """What a place holds as free JSON: objects of any names, in one another and in lists."""

    path: str

    @property
    def within(self) -> str:
        """SQL: the names of each object below the place."""
        return f"json_keys(line, {text(f'{self.path}..*')})"

    @property
    def keys(self) -> str:
        """SQL: the names of each object, list by list, of one at the place itself too."""
        return f"list_concat({Objects(self.path, ()).keys}, {self.within})"


def free_json_of(structure: Any, path: str = "$") -> Iterator[FreeJson]:
    """All places of a structure that are read as free JSON, and of which a path can speak."""
    if isinstance(structure, list):
        yield from free_json_of(structure[0], f"{path}[*]")
    elif isinstance(structure, dict):
        for member, inner in structure.items():
            if not NO_PART_OF_PATHS & set(member):
                yield from free_json_of(inner, f'{path}."{member}"')
    elif structure.lower() == "json":
        yield FreeJson(path)


def objects_of(structure: Any, path: str = "$") -> Iterator[Objects]:
    """All objects of a structure of which a path can speak."""
    if isinstance(structure, list):
        yield from objects_of(structure[0], f"{path}[*]")
    elif isinstance(structure, dict) and structure:
        yield Objects(path, tuple(structure))
        for member, inner in structure.items():
            if not NO_PART_OF_PATHS & set(member):
                yield from objects_of(inner, f'{path}."{member}"')


class RecordShapes:
    """The shapes of those records of the lines that have no fault.

    `structure` is what is known of them; `typed`, the paths at which types are part of a shape.
    """

    def __init__(
        self,
        connection: Connection,
        lines: Lines,
        structure: dict[str, Any],
        typed: Iterable[str] = (),
    ) -> None:
        self.connection = connection
        self.lines = lines
        self.objects = list(objects_of(structure))
        self.free_json = list(free_json_of(structure))
        places = [*self.objects, *(Objects(free.path, ()) for free in self.free_json)]
        single = [of.path for of in places if "[*]" not in of.path]
        in_lists = [of.keys for of in places if "[*]" in of.path]
        names = [f"json_keys(line, [{texts(single)}])"]
        names += [free.within for free in self.free_json]
        # How many elements a list has is no part of the shape.
        names += [f"list_sort(list_distinct({keys}))" for keys in in_lists]
        self.types = f"json_type(line, [{texts(typed)}])" if typed else "null"
        self._shape = f"hash({', '.join(names)}) as names, hash({self.types}) as types"
        connection.execute(
            f"""create or replace table {RECORD_SHAPES} as
            select rowid as place, {self._shape} from {lines.values} where fault is null"""
        )

    def samples(self, part: str) -> str:
        """SQL: a line of each of the shapes, of which `part` is `names` or `types`."""
        return f"""(
            select {part}, line
            from {self.lines.values} as lines
            inner join (
                select {part}, any_value(place) as place from {RECORD_SHAPES} group by {part}
            ) as sample on lines.rowid = sample.place
        )"""

    def find(self, is_so: Callable[[Objects], str], of_free_json: str = "false") -> bool:
        """Whether there are records with an object of which something is so of its names.

        They are the `odd_records` then. `is_so` gives SQL over `found`, the names; so does
        `of_free_json`, for all objects in free JSON.
        """
        asked = [(of.keys, is_so(of)) for of in self.objects]
        asked += [(free.keys, of_free_json) for free in self.free_json]
        conditions = " or ".join(
            f"len(list_filter({keys}, lambda found: coalesce({condition}, false))) > 0"
            for keys, condition in asked
            if condition != "false"
        )
        odd = f"select names from {self.samples('names')} where {conditions}"
        if not database.only_row(self.connection, f"select exists ({odd})")[0]:
            return False
        self.connection.execute(
            f"""create or replace table {ODD_RECORDS} as
            select place from {RECORD_SHAPES} where names in ({odd})"""
        )
        return True

    def look_again(self) -> None:
        """Look at the odd records once more, of which the lines have changed."""
        self.connection.execute(
            f"""update {RECORD_SHAPES} set names = changed.names, types = changed.types
            from (
                select rowid as changed_place, {self._shape}
                from {self.lines.values} where rowid in (from {ODD_RECORDS})
            ) as changed
            where place = changed_place"""
        )

    def set_odd_aside(self, fault: str) -> None:
        """Make the odd records unreadable."""
        self.connection.execute(
            f"""update {self.lines.values} set fault = {text(fault)}
            where rowid in (from {ODD_RECORDS})"""
        )
        self.connection.execute(f"delete from {RECORD_SHAPES} where place in (from {ODD_RECORDS})")

    def drop(self) -> None:
        for table in (RECORD_SHAPES, ODD_RECORDS):
            self.connection.execute(f"drop table if exists {table}")
