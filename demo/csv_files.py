"""Lines of the CSV feeds: canonical files whose columns bear the names of the raw contracts.

Here: joining fields, and what a broken line looks like. Not here: what the feeds hold.
"""

from collections.abc import Callable

import pyarrow as pa

from demo.defects import (
    BAD_AMOUNT,
    BAD_TIME,
    FIELD_COUNT,
    NO_IDENTITY,
    NO_KEY,
)
from demo.draws import Columns
from demo.writers import Feed


def instant(column: str) -> str:
    """SQL: an instant as text, empty where there is none."""
    return f"coalesce(strftime({column}, '%Y-%m-%dT%H:%M:%SZ'), '')"


def pounds(column: str) -> str:
    """SQL: pence as pounds."""
    return f"printf('%d.%02d', {column} // 100, {column} % 100)"


def csv_feed(
    name: str,
    fields: dict[str, str],
    arranged: Callable[[Columns], pa.Table],
    key: str,
    time: str,
    identities: tuple[str, ...] = (),
    amount: str | None = None,
) -> Feed:
    """A feed of CSV files with a header; `fields` are SQL expressions by column name.

    `key`, `time`, `identities` and `amount` name the fields that a broken line breaks.
    """
    texts = {column: f"cast({field} as varchar)" for column, field in fields.items()}
    broken = {(key, NO_KEY): "''", (time, BAD_TIME): "'not a time'"}
    broken |= {(column, NO_IDENTITY): "''" for column in identities}
    if amount:
        broken[amount, BAD_AMOUNT] = "'n/a'"
    for (column, fault), value in broken.items():
        texts[column] = f"case when fault = {fault} then {value} else {texts[column]} end"
    # Fields hold numbers, names and addresses without commas or quotes, so none is quoted.
    joined = ", ',', ".join(f"coalesce({text}, '')" for text in texts.values())
    surplus = f"case when fault = {FIELD_COUNT} then ',surplus' else '' end"
    header = ",".join(fields) + "\n"
    pattern = f"{name}/{name}_{{date}}.csv"
    return Feed(name, pattern, f"concat({joined}, {surplus})", arranged, before=header)
