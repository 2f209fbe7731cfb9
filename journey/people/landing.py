"""The delivered files that name a person, written again without their rows, aside at first.

Which rows these are is found by reading every file as a load does. Each is taken out of the file as
it lies there: all other bytes of a text stay as they are, and a Parquet file keeps its columns.
"""

import csv
import gzip
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from journey.core.settings import Settings, Source
from journey.ingest import email_key, raw_layer, tombstones
from journey.ingest.conform import whole_records
from journey.ingest.conform.batch import Conformed
from journey.ingest.contracts import read_contract
from journey.ingest.ledger import Ledger
from journey.ingest.pending import PendingLoad
from journey.ingest.planning.landing import Delivery, find_deliveries, stamp_of
from journey.ingest.read.inspection import GZIP_MAGIC, PARQUET_MAGIC, Inspected, digest
from journey.ingest.read.reading import Reading
from journey.ingest.read.relations import DELIVERED, UNREADABLE
from journey.ingest.session import Session
from journey.ingest.source_load import SourceLoad
from journey.people.person import People
from journey.people.tokens import Tokens

RUN_ID = "forget"
BLANKS = b" \t\r\n,"


@dataclass
class Rows:
    """The rows of one file that are to go: where they lie and what they say, and their addresses.

    `rows` are those of each source that reads the file, by its name.
    """

    delivery: Delivery
    container: str = ""
    header_line: int = 0
    separator: str = ","
    records: int = 0
    numbers: set[int] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    rows: dict[str, int] = field(default_factory=dict)


def find(settings: Settings, people: People, tokens: Tokens) -> dict[Path, Rows]:
    """The files that hold rows of these people, or name them where they cannot be read.

    Addresses that stand in such rows are added to the tokens.
    """
    today = datetime.now(UTC).date()
    found: dict[Path, Rows] = {}
    with tempfile.TemporaryDirectory(prefix="forget-", dir=settings.data_dir) as folder:
        # Nothing is forgotten there yet, so that the rows are seen.
        own = settings.model_copy(update={"data_dir": Path(folder)})
        _give_key(settings, own)
        for source in settings.sources:
            deliveries = [
                delivery.identified(
                    digest(delivery.path),
                    stamp_of(delivery.path),
                    delivery.delivered_on or today,
                    1,
                )
                for delivery in find_deliveries(settings, source, today)
                if not delivery.fault
            ]
            if deliveries:
                _read(own, source, deliveries, people, tokens, found)
    return found


def _give_key(settings: Settings, own: Settings) -> None:
    if settings.email_key_path.exists():
        shutil.copy(settings.email_key_path, own.email_key_path)
    email_key.ensure(own, Ledger(own))


def _read(
    own: Settings,
    source: Source,
    deliveries: Sequence[Delivery],
    people: People,
    tokens: Tokens,
    found: dict[Path, Rows],
) -> None:
    pending = PendingLoad(own, source.kind, RUN_ID, load_id=1)
    raw_layer.private_dir(pending.folder.parent)
    raw_layer.private_dir(pending.folder)
    by_name = {delivery.file_name: delivery for delivery in deliveries}
    look = partial(_look, source, by_name, people, tokens, found)
    with closing(Session(own)) as connection:
        load = SourceLoad(pending, connection, deliveries, RUN_ID)
        load.observer = partial(look, load)
        load.run()
    for result in load.results:
        path = by_name[result.file_name].path
        if result.status == "rejected" and tokens.are_in(path):
            found.setdefault(path, Rows(by_name[result.file_name]))
    shutil.rmtree(pending.folder, ignore_errors=True)


def _look(
    source: Source,
    by_name: Mapping[str, Delivery],
    people: People,
    tokens: Tokens,
    found: dict[Path, Rows],
    load: SourceLoad,
    connection: Session,
    files: Sequence[Inspected],
    read: Reading,
    conformed: Conformed,
) -> None:
    """Note which records of a batch are theirs."""
    condition = tombstones.is_of(read_contract(source.kind), source.name, people.conditions)
    own = f"select distinct _file, _row from conformed where {condition or 'false'}"
    counts = dict(
        connection.execute(
            f"select _file, count(*) from conformed where {condition or 'false'} group by all"
        ).fetchall()
    )
    connection.execute(f"create or replace temp table going as {own}")
    if load.conformer.grouped:
        records = f"select * from {DELIVERED} where (_file, _row) in (select * from going)"
        rest = whole_records.rest_of(connection, load.conformer.grouped, records)
        connection.execute(f"insert into going select _file, _row from ({rest})")
    unreadable = f"select _file, _row, row_text from {UNREADABLE}"
    texts = connection.execute(
        f"select _file, _row, row_text, true from ({read.with_texts('going')})"
        f" union all select *, false from ({unreadable}) where row_text is not null"
    ).fetchall()
    names = dict(connection.execute("select _file, file_name from files").fetchall())
    for place, row, text, is_known in texts:
        if is_known:
            tokens.learn(connection, text or "", people)
        elif not tokens.is_in(text):
            continue
        path = by_name[names[place]].path
        rows = found.setdefault(path, Rows(by_name[names[place]]))
        rows.container = files[place].container
        rows.header_line, rows.separator = files[place].header_line, files[place].separator
        rows.records = conformed.records.get(place, 0)
        rows.numbers.add(row)
        rows.said.add(text or "")
        if not is_known:
            rows.rows[source.name] = rows.rows.get(source.name, 0) + 1
    for place, count in counts.items():
        rows = found[by_name[names[place]].path]
        rows.rows[source.name] = rows.rows.get(source.name, 0) + count


def write_without(rows: Rows, target: Path, tokens: Tokens) -> int:
    """Write the file without these rows to `target`; returns how many records went."""
    path = rows.delivery.path
    with open(path, "rb") as file:
        magic = file.read(4)
    if magic == PARQUET_MAGIC:
        return _without_rows_of_parquet(path, target, rows.numbers)
    is_packed = magic[:2] == GZIP_MAGIC
    with gzip.open(path, "rb") if is_packed else open(path, "rb") as file:
        content = file.read()
    if content[:4] == PARQUET_MAGIC:
        plain = target.with_name(f"{target.name}.plain")
        plain.write_bytes(content)
        gone = _without_rows_of_parquet(plain, target, rows.numbers)
        plain.unlink()
        content = target.read_bytes()
    else:
        content, gone = without_rows(content, rows, tokens)
    target.write_bytes(gzip.compress(content, mtime=0) if is_packed else content)
    return gone


def without_rows(content: bytes, rows: Rows, tokens: Tokens) -> tuple[bytes, int]:
    """A text without these rows, and how many records went.

    Where its records cannot be told apart as the load told them, the lines go that name a person.
    """
    if rows.container == "csv":
        kept = _without_records_of_csv(content, rows)
    elif rows.container == "json":
        kept = _without_records_of_json(content, rows)
    else:
        kept = None
    if kept is None or kept[1] < len(rows.numbers):
        kept = _without_lines(kept[0] if kept else content, tokens, kept[1] if kept else 0)
    return kept


def _without_rows_of_parquet(path: Path, target: Path, numbers: set[int]) -> int:
    with pq.ParquetFile(path) as file:
        codec = file.metadata.row_group(0).column(0).compression if file.num_row_groups else "NONE"
        first = gone = 0
        with pq.ParquetWriter(target, file.schema_arrow, compression=codec.lower()) as writer:
            for number in range(file.num_row_groups):
                table = file.read_row_group(number)
                going = [n - 1 - first for n in numbers if first < n <= first + table.num_rows]
                first += table.num_rows
                gone += len(going)
                mask = pa.array(_kept(table.num_rows, going))
                writer.write_table(table.filter(mask))
    return gone


def _kept(count: int, going: Iterable[int]) -> list[bool]:
    kept = [True] * count
    for number in going:
        kept[number] = False
    return kept


def _without_records_of_csv(content: bytes, rows: Rows) -> tuple[bytes, int] | None:
    """By the numbers of its records, which are counted as the load has counted them."""
    lines = re.split(rb"(?<=\n)|(?<=\r)(?!\n)", content)
    given: list[str] = []

    def passed() -> Iterator[str]:
        for line in lines[rows.header_line :]:
            given.append(line.decode("latin-1"))
            yield given[-1]

    kept, record, gone = lines[: rows.header_line], rows.header_line, 0
    csv.field_size_limit(1 << 30)
    try:
        for fields in csv.reader(passed(), delimiter=rows.separator):
            written = "".join(given).encode("latin-1")
            given.clear()
            if fields:
                record += 1
                if record in rows.numbers:
                    gone += 1
                    continue
            kept.append(written)
    except csv.Error:
        return None
    if record - rows.header_line != rows.records:
        return None
    return b"".join(kept), gone


def _without_records_of_json(content: bytes, rows: Rows) -> tuple[bytes, int] | None:
    """By what its records say: as lines, or as members of the lists that it holds."""
    said = {text.strip().encode() for text in rows.said}
    lines = content.splitlines(keepends=True)
    kept = [line for line in lines if line.strip() not in said]
    if len(lines) - len(kept) >= len(rows.numbers):
        return b"".join(kept), len(lines) - len(kept)
    known = {_canonical(text) for text in rows.said} - {None}
    try:
        documents, parts = [json.loads(content)], None
    except ValueError:
        parts = kept
        documents = []
    if parts is None:
        counter = [0]
        document = _without_members(documents[0], known, counter)
        written = json.dumps(document, ensure_ascii=False).encode() + b"\n"
        return written, counter[0]
    counter = [len(lines) - len(kept)]
    again = []
    for line in parts:
        document = _loaded(line)
        before = counter[0]
        slim = _without_members(document, known, counter) if document is not None else None
        again.append(
            line if counter[0] == before else json.dumps(slim, ensure_ascii=False).encode() + b"\n"
        )
    return b"".join(again), counter[0]


def _loaded(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _canonical(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return None


def _without_members(value: Any, known: set[str | None], counter: list[int]) -> Any:
    if isinstance(value, list):
        kept = []
        for member in value:
            if isinstance(member, dict) and json.dumps(member, sort_keys=True) in known:
                counter[0] += 1
            else:
                kept.append(_without_members(member, known, counter))
        return kept
    if isinstance(value, dict):
        slim: dict[str, Any] = {}
        for name, member in value.items():
            if isinstance(member, dict) and json.dumps(member, sort_keys=True) in known:
                counter[0] += 1
                slim[name] = []
            else:
                slim[name] = _without_members(member, known, counter)
        return slim
    return value


def _without_lines(content: bytes, tokens: Tokens, gone: int) -> tuple[bytes, int]:
    lines = content.splitlines(keepends=True)
    kept = [line for line in lines if not tokens.is_in_bytes(line)]
    return b"".join(kept), gone + len(lines) - len(kept)
