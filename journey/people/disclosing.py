"""All that is held of a person, for the person: as JSON, and as a page that can be read."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from journey.core import database, files
from journey.core.errors import DataError
from journey.core.settings import KINDS, Settings
from journey.core.sql import files as file_list
from journey.core.sql import name, text
from journey.ingest import tombstones
from journey.ingest.ledger import Ledger
from journey.people import stored
from journey.people.person import Asked, find
from journey.people.tokens import Tokens

DATA, PAGE = "disclosure.json", "disclosure.html"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; font-size: 0.85rem; margin: 0.5rem 0 2rem }
td, th { border: 1px solid #bbb; padding: 0.2rem 0.5rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }
div { overflow-x: auto }
"""
Rows = list[dict[str, Any]]


def disclose(settings: Settings, asked: Sequence[Asked], folder: Path) -> int:
    """Write both files; returns how many rows are held. Raises DataError where there are none."""
    people = find(settings, asked)
    addresses = {one.value.strip().lower() for one in asked if one.form == "email"}
    tokens = Tokens.of(people, addresses)
    tables: dict[str, Rows] = {}
    with closing(database.connect(settings)) as connection:
        for kind in KINDS:
            for part in ("raw", "quarantine"):
                found = stored.parts(settings, kind)[part]
                condition = stored.condition_of(part, kind, people, tokens)
                if found and condition:
                    rows = f"read_parquet([{file_list(found)}], union_by_name = true)"
                    tables[f"{part}/{kind}"] = _rows(connection, rows, condition)
        connection.execute(f"attach {text(settings.warehouse_path)} as warehouse (read_only)")
        for mart in _marts_of_people(connection):
            known = ", ".join(text(one) for one in sorted(people.person_ids))
            tables[f"marts/{mart}"] = _rows(
                connection, f"warehouse.marts.{name(mart)}", f"person_id in ({known})"
            )
    tables = {table: rows for table, rows in tables.items() if rows}
    if not tables:
        raise DataError(
            "nothing is held of this person; see that the identifier is written as the tools write "
            "it"
        )
    content = {
        "disclosed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "identifiers": {
            sort: sorted(people.of(sort)) for sort in tombstones.SORTS if people.of(sort)
        },
        "delivered_files": _files_of(settings, tables),
        "tables": tables,
    }
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = {
        DATA: json.dumps(content, indent=2, default=str, ensure_ascii=False) + "\n",
        PAGE: _page(content),
    }
    for file_name, said in written.items():
        os.chmod(files.replace_text(folder / file_name, said), 0o600)
    return sum(map(len, tables.values()))


def _rows(connection: database.Connection, relation: str, condition: str) -> Rows:
    """The rows, without the columns in which none has a value."""
    found = connection.execute(f"select * from {relation} where {condition}")
    columns = [column[0] for column in found.description]
    rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    given = [column for column in columns if any(row[column] is not None for row in rows)]
    return [{column: row[column] for column in given} for row in rows]


def _marts_of_people(connection: database.Connection) -> list[str]:
    found = connection.execute(
        "select distinct table_name from duckdb_columns() where database_name = 'warehouse'"
        " and schema_name = 'marts' and column_name = 'person_id' order by all"
    ).fetchall()
    return [mart for (mart,) in found]


def _files_of(settings: Settings, tables: Mapping[str, Rows]) -> list[dict[str, Any]]:
    """The delivered files in which they are, when each was delivered, and how many rows of them."""
    names = Ledger(settings).known()
    listed: dict[tuple[str, str], int] = {}
    for table, rows in tables.items():
        if table.startswith(("raw/", "quarantine/")):
            for row in rows:
                place = (row["source"], row["file_name"])
                listed[place] = listed.get(place, 0) + 1
    days = {(source, past.lineage_name): past.delivered_on for (source, *_), past in names.items()}
    return [
        {"source": source, "file": file_name, "delivered_on": days.get(place), "rows": number}
        for place, number in sorted(listed.items())
        for source, file_name in [place]
    ]


def _page(content: Mapping[str, Any]) -> str:
    parts = [f"<h2>Identifiers</h2>{_table(_listed(content['identifiers']))}"]
    parts.append(f"<h2>Delivered files</h2>{_table(content['delivered_files'])}")
    for table, rows in content["tables"].items():
        parts.append(f"<h2>{escape(table)} ({len(rows):,})</h2>{_table(rows)}")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>What is held of you</title>'
        f"<style>{STYLE}</style><h1>What is held of you</h1>"
        f"<p>As of {escape(content['disclosed_at'])}. An e-mail address is kept as a code that "
        "only the warehouse's key gives (email_key).</p>"
        f"{''.join(parts)}</html>\n"
    )


def _listed(identifiers: Mapping[str, Sequence[str]]) -> Rows:
    return [
        {"identifier": sort, "value": value}
        for sort, values in identifiers.items()
        for value in values
    ]


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "<p>None.</p>"
    head = "".join(f"<th>{escape(str(column))}</th>" for column in rows[0])
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape('' if value is None else str(value))}</td>" for value in row.values()
        )
        + "</tr>"
        for row in rows
    )
    return f"<div><table><tr>{head}</tr>{body}</table></div>"
