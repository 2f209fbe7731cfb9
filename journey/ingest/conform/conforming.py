"""A contract as SQL: delivered columns cast, judged and freed of addresses.

`conformed_sql` takes what a format selects and gives every contract column in its type, the reason
for which a row cannot be kept, and the hash of its key. Which of several versions of a key are
kept is `versions`' to say; where rows go is `loader`'s.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from journey.core.sql import name, text, texts
from journey.ingest.contracts import DEVICE, HASHED_ADDRESS, Column, Contract

ADDRESS_FORM = r"[^\s@<>,;]+@[^\s@<>,;]+"
KEY_FORM = "[0-9a-f]{64}"
END_OF_DAY = "interval '23 hours 59 minutes 59 seconds'"
LONGEST_VALUE = 80
# Below a trillion, so that no sum of a few rows is more than a column of marts can hold.
MOST_MONEY = "decimal(14, 2)"
CASES = {"upper": "upper", "lower": "lower", "snake": "snake_case"}
NOUNS = {"decimal": "number", "bigint": "integer"}
TEXT_TYPES = ("varchar", "json")


@dataclass(frozen=True)
class Fault:
    """A reason for quarantine: the SQL condition, and the value that a reader wants to see."""

    reason: str
    condition: str
    value: str | None = None


def conformed_sql(
    contract: Contract,
    formatted: str,
    types: dict[str, str],
    *,
    dates_in_zone: str | None = None,
    is_of_tool: bool = False,
) -> str:
    """SQL of all rows that `formatted` selects, conformed. `types` are those of its columns.

    Where a source gives dates alone, `dates_in_zone` is the zone in which they are days. The words
    of a tool (`is_of_tool`) may be others than those of the contract, where that says so.
    Reads the table `files` (_file, delivered_on, key_prefix).
    """
    given = {column: kind.lower() for column, kind in types.items()}
    if is_of_tool:
        contract = _open_to_tools(contract)
    faults = list(_faults(contract, given))
    instants = "".join(
        f",\n        {_read_instant(column, given)} as {name('instant_' + column.name)}"
        for column in contract.columns
        if column.type in ("timestamp", "date") and column.name in given
    )
    typed = ",\n        ".join(
        f"{_typed(column, contract, given, dates_in_zone)} as {name(column.name)}"
        for column in contract.columns
    )
    raw = ",\n        ".join(
        f"{_raw(column, kind, contract)} as {name('given_' + column)}"
        for column, kind in given.items()
        if column not in ("_file", "_row")
    )
    reasons = "\n            ".join(
        f"when {fault.condition} then {fault.reason}" for fault in faults
    )
    values = "\n            ".join(
        f"when {fault.reason} then cast({fault.value} as varchar)"
        for fault in faults
        if fault.value
    )
    kept = ",\n        ".join(
        f"{_without_addresses(column, contract)} as {name(column.name)}"
        for column in contract.columns
    )
    return f"""
with formatted as (
{formatted}
),

given as (
    select
        _file,
        _row,
        {raw}
    from formatted
),

timed as (
    select
        *{instants}
    from given
),

typed as (
    select
        timed.*,
        files.delivered_on,
        {_is_hashed(contract, given)} as _is_hashed,
        {typed}
    from timed
    inner join files on timed._file = files._file
),

judged as (
    select
        *,
        case
            {reasons}
        end as _reason
    from typed
),

kept as (
    select
        _file,
        _row,
        _reason,
        without_addresses(left(case _reason
            {values}
        end, {LONGEST_VALUE})) as _value,
        _is_hashed,
        cast({name(contract.instant)} as date) as event_date,
        {kept}
    from judged
)

select *, hash({_names(contract.key)}) as _key_hash
from kept
"""


def _open_to_tools(contract: Contract) -> Contract:
    """The contract with any word where tools have words of their own."""
    columns = tuple(
        replace(column, values=()) if column.is_open_to_tools else column
        for column in contract.columns
    )
    return replace(contract, columns=columns)


def reasons_of(contract: Contract) -> tuple[str, ...]:
    """Every reason code with which a row of this kind can go to quarantine once it is read."""
    given = dict.fromkeys(contract.delivered_names, "varchar")
    return tuple(fault.reason.strip("'") for fault in _faults(contract, given))


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(name(column) for column in columns)


def _is_hashed(contract: Contract, given: dict[str, str]) -> str:
    """SQL: whether the key is made from what identifies the row, so that equal ones may differ."""
    if "key_hash" not in given:
        return "false"
    key = contract.key[0]
    if key not in given:
        return "true"
    own = _identifier(contract.column(key), given[key])
    return f"{own} is null"


def _raw(column: str, kind: str, contract: Contract) -> str:
    """A delivered value with its blanks gone; free text is taken as it is."""
    value = f"formatted.{name(column)}"
    if kind not in TEXT_TYPES:
        return value
    if kind == "json":
        value = f"cast({value} as varchar)"
    if column in contract.address_names:
        return f"plain_address({value})"
    known = {c.name: c for c in contract.columns}.get(column)
    is_free_text = (
        known is not None
        and known.type in ("text", "json")
        and not (known.required or known.is_identifier or known.values or known.pattern)
    )
    return f"nullif({value}, '')" if is_free_text else f"tidy({value})"


def _typed(
    column: Column, contract: Contract, given: dict[str, str], dates_in_zone: str | None
) -> str:
    """A contract column in its type; nothing where it is not given or cannot be read so."""
    if contract.key == (column.name,):
        return _key(column, contract, given)
    if column.type == "email_key":
        return _email_key(column, given)
    if column.name == DEVICE and HASHED_ADDRESS in given:
        return _device_or_hash(column, given)
    if column.name not in given:
        return f"cast(null as {column.sql_type})"
    value, kind = name("given_" + column.name), given[column.name]
    if column.type == "text":
        if column.is_identifier:
            return _identifier(column, kind)
        value = _text(value, kind)
        return f"{CASES[column.case]}({value})" if column.case else value
    if column.type == "timestamp":
        instant = _instant(column)
        if not dates_in_zone:
            return instant
        # The date as it is written: an offset beside it is what a spreadsheet adds.
        day = "null"
        if kind == "varchar":
            day = f"try_cast(left({value}, 10) as date)"
        elif kind == "timestamp with time zone":
            day = f"cast(timezone({text(dates_in_zone)}, {value}) as date)"
        written = (
            f"case when {instant} is not null then coalesce({day}, cast({instant} as date)) end"
        )
        return _end_of_day(written, dates_in_zone)
    if column.type == "date":
        return f"cast({_instant(column)} as date)"
    if kind == "boolean" and column.type in NOUNS:
        return f"cast(null as {column.sql_type})"  # the database would take true for 1
    if column.type == "decimal":
        # Through more decimals first: 1.005 as a binary number is a little less, and is meant.
        exact = f"try_cast({value} as decimal(38, 8))" if kind in ("double", "float") else value
        return f"cast(try_cast({exact} as {MOST_MONEY}) as {column.sql_type})"
    if column.type in ("integer", "bigint"):
        exact = f"try_cast({value} as decimal(38, 6))"
        return f"case when {exact} = trunc({exact}) then try_cast({exact} as {column.type}) end"
    if column.type == "boolean":
        return f"try_cast(plain_number({_text(value, kind)}) as boolean)"
    return _json(value, kind)


def _key(column: Column, contract: Contract, given: dict[str, str]) -> str:
    """The tool's own key; else the hash that the format gives; else nothing."""
    own = []
    if column.name in given:
        own.append(_identifier(column, given[column.name]))
    if "key_hash" in given:
        own.append("given_key_hash")
    if not own and contract.is_key_made:
        return "files.key_prefix || ':' || _row"
    return f"coalesce({', '.join(own)}, cast(null as varchar))"


def _email_key(column: Column, given: dict[str, str]) -> str:
    """A key as delivered, or that of a plain address, under whichever name it comes."""
    options = []
    if column.name in given:
        value = _text(name("given_" + column.name), given[column.name])
        options.append(
            f"case when contains({value}, '@') then key_of_address({value}) else lower({value}) end"
        )
    if column.address_name in given:
        options.append(f"key_of_address({name('given_' + column.address_name)})")
    return f"coalesce({', '.join(options)})" if options else "cast(null as varchar)"


def _device_or_hash(column: Column, given: dict[str, str]) -> str:
    """A device; of a row without one, the address that its tool has hashed, named as what it is."""
    hashed = _text(name("given_" + HASHED_ADDRESS), given[HASHED_ADDRESS])
    options = [f"{text(HASHED_ADDRESS + ':')} || lower({hashed})"]
    if column.name in given:
        options.insert(0, _identifier(column, given[column.name]))
    return f"coalesce({', '.join(options)})"


def _identifier(column: Column, kind: str) -> str:
    """An identifier as text, whatever type it comes in: 7.0 of any container is 7."""
    value = name("given_" + column.name)
    conform = "identifier" if column.has_fillers else "plain_number"
    if kind in ("double", "float") or kind.startswith("decimal"):
        whole = f"try_cast({value} as hugeint)"
        # Where a table of numbers has no number, pandas writes NaN.
        nothing = "" if kind.startswith("decimal") else f"when isnan({value}) then null "
        return (
            f"{conform}(case {nothing}when {value} = {whole} then cast({whole} as varchar)"
            f" else cast({value} as varchar) end)"
        )
    return f"{conform}({_text(value, kind)})"


def _text(value: str, kind: str) -> str:
    if kind == "varchar":
        return value
    if kind.startswith(("struct", "map")) or kind.endswith("]"):
        return f"cast(to_json({value}) as varchar)"
    return f"cast({value} as varchar)"


def _json(value: str, kind: str) -> str:
    # A member that is text is JSON as text, as in a CSV file.
    inner = f"({value} ->> '$')"
    if kind == "json":
        return (
            f"case when not starts_with({value}, '\"') then nullif({value}, 'null')"
            f" when json_valid({inner}) then nullif({inner}, 'null') end"
        )
    if kind == "varchar":
        return f"case when json_valid({value}) then nullif({value}, 'null') end"
    return f"cast(to_json({value}) as varchar)"


def _read_instant(column: Column, given: dict[str, str]) -> str:
    """A value as an instant of any kind, which a step of its own has so that it is read once."""
    value, kind = name("given_" + column.name), given[column.name]
    if kind == "varchar":
        # By way of microseconds: the same instant, without asking a calendar.
        return f"make_timestamp(epoch_us(instant_of_text({value})))"
    if kind == "timestamptz_ns":
        # The database has no way from it to an instant without zone but by this one.
        return f"make_timestamp(epoch_us(try_cast({value} as timestamptz)))"
    if kind == "date" or kind.startswith("timestamp"):
        return f"cast({value} as timestamp)"
    return "cast(null as timestamp)"


def _instant(column: Column) -> str:
    return f"plausible({name('instant_' + column.name)})"


def _end_of_day(instant: str, zone: str) -> str:
    """The last second of the date in the zone, so that the date stays the date there."""
    local = f"cast(cast({instant} as date) as timestamp) + {END_OF_DAY}"
    return local if zone == "UTC" else f"make_timestamp(epoch_us(timezone({text(zone)}, {local})))"


def _faults(contract: Contract, given: dict[str, str]) -> Iterator[Fault]:
    """Every reason that a row of this kind can have, the first that holds is reported."""
    if "_failed" in given:
        yield Fault("given__failed || '_failed'", "given__failed is not null")
    for column in contract.columns:
        yield from _column_faults(column, given)
    for one_of in contract.one_of:
        nothing = " and ".join(f"{name(column)} is null" for column in one_of.columns)
        yield Fault(text(one_of.reason), nothing)
    for rule in contract.rules:
        yield Fault(text(rule.reason), f"({rule.breaks})", name(rule.column))
    instant = name(contract.instant)
    yield Fault(text("in_the_future"), f"cast({instant} as date) > delivered_on + 1", instant)


def _column_faults(column: Column, given: dict[str, str]) -> Iterator[Fault]:
    typed, raw = name(column.name), name("given_" + column.name)
    is_given = column.name in given
    if column.required:
        # A filler word is given and yet no identifier; another type says why it is none.
        nothing = f" and {raw} is null" if is_given and not column.is_identifier else ""
        yield Fault(text(f"{column.name}_missing"), f"{typed} is null{nothing}")
    if column.type == "email_key":
        address = column.address_name
        if address in given:
            plain = name("given_" + address)
            yield Fault(
                text(f"{address}_not_an_address"),
                f"not regexp_full_match({plain}, {text(ADDRESS_FORM)})",
                plain,
            )
        if is_given:
            yield Fault(
                text(f"{column.name}_not_a_key"),
                f"not regexp_full_match({typed}, {text(KEY_FORM)})",
                _text(raw, given[column.name]),
            )
        return
    if column.name == DEVICE and HASHED_ADDRESS in given:
        hashed = _text(name("given_" + HASHED_ADDRESS), given[HASHED_ADDRESS])
        yield Fault(
            text(f"{HASHED_ADDRESS}_not_a_hash"),
            f"not regexp_full_match(lower({hashed}), {text(KEY_FORM)})",
            hashed,
        )
    if is_given and column.type != "text":
        noun = NOUNS.get(column.type, column.type)
        article = "an" if noun[0] in "aeiou" else "a"
        yield Fault(
            text(f"{column.name}_not_{article}_{noun}"),
            f"{typed} is null and {raw} is not null"
            + (f" and cast({raw} as varchar) <> 'null'" if column.type == "json" else ""),
            _text(raw, given[column.name]),
        )
    if column.values:
        # As it was given: in snake case a person's name would look like a code.
        value = _text(raw, given[column.name]) if is_given else typed
        yield Fault(
            text(f"{column.name}_unknown"), f"{typed} not in ({texts(column.values)})", value
        )
    if column.pattern:
        yield Fault(
            text(f"{column.name}_not_{column.pattern_name}"),
            f"not regexp_full_match({typed}, {text(column.pattern)})",
            typed,
        )


def _without_addresses(column: Column, contract: Contract) -> str:
    """A column as it is kept: its default where nothing is given, and no address in it."""
    value = name(column.name)
    if column.default is not None:
        default = text(column.default) if column.type == "text" else str(column.default).lower()
        value = f"coalesce({value}, {default})"
    if column.values or column.pattern or column.type not in ("text", "json"):
        return value
    if column.is_identifier or column.name in contract.key:
        return f"identifier_without_address({value})"
    return f"{'json_' if column.type == 'json' else ''}without_addresses({value})"
