"""Reasons for quarantine in words that help: what, where, next. Codes are `conforming`'s.

The words go to the ledger, the log and `journey status`. A value is quoted where it can only be a
mistaken date, number or code; what may be a person's words or number shows its shape alone, and is
read in quarantine, by those who may.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from journey.ingest.column_names import may_be_shown
from journey.ingest.contracts import Contract
from journey.ingest.read import wrong_types

DATE_OR_NUMBER = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ][\d:.]*)?[Z+\-\d:]{0,6}|-?[\d.,]{1,7}"
)
CODE = re.compile(r"[\w.-]{0,20}")
LONGEST_SHAPE = 30
EMPTY: Mapping[str, str] = MappingProxyType({})

PLAIN = {
    "unparseable": "it is not one whole JSON object or CSV row; see whether it is cut off",
    "stray_quote": "a quote in it is never closed, or stands where none may; double it in a field",
    "not_utf8": "text in it is not UTF-8 (such bytes show as codes, \\xE9); export it as UTF-8",
    "wrong_field_count": "it has not as many fields as the header",
    "member_given_twice": "it gives one name twice, or in two spellings",
    "member_spelled_otherwise": "it spells a name otherwise than most records of its file",
    "unreadable_value": "one of its values cannot be read at all",
    "record_incomplete": "another row of the record that it belongs to cannot be read",
    "nested_too_deep": "its objects lie too deep in one another",
}


# Where the code's own words would not be English.
IN_WORDS = {
    "not a json": "not JSON",
    "not iso 4217": "not an ISO 4217 code (three letters)",
    "not a boolean": "neither true nor false",
    "not a hash": "no SHA-256 hash (64 digits and letters from a to f)",
}


def explain(
    reason: str, value: str | None, contract: Contract, expressions: Mapping[str, str] = EMPTY
) -> str:
    """What is wrong with a row, from its reason code and the value that is at fault.

    `expressions` are those of a source that maps its columns.
    """
    if reason in PLAIN:
        return PLAIN[reason]
    if reason == "unknown_column":
        if value and may_be_shown(value, contract.delivered_names):
            return f"{contract.kind} has no column '{value}'"
        return f"it has a member that {contract.kind} does not know"
    if reason == wrong_types.WRONG_TYPE:
        if not value:
            return "it has none of the members that the tool's format reads"
        return f"its member '{value}' is of another type than it is read as"
    if reason == "in_the_future":
        return f"{contract.instant} {_quoted(value)}lies more than a day after its delivery"
    for rule in contract.one_of:
        if rule.reason == reason:
            return f"it gives none of {', '.join(rule.columns)}"
    if reason.endswith("_failed"):
        return f"the source's expression for {reason.removesuffix('_failed')} fails on it"
    column = _column(reason, contract)
    words = reason.removeprefix(column).replace("_", " ").strip()
    words = IN_WORDS.get(words, words)
    if words == "missing" and column in expressions:
        return f'{column} is missing: its expression "{expressions[column]}" gives nothing'
    known = {known.name: known for known in contract.columns}.get(column)
    if words == "unknown" and known:
        words = f"unknown; known are {', '.join(known.values)}"
    may_be_code = known is not None and bool(known.values or known.pattern)
    return f"{column} {_quoted(value, may_be_code=may_be_code)}is {words}"


def _column(reason: str, contract: Contract) -> str:
    known = [c for c in contract.delivered_names if reason.startswith(c + "_")]
    return max(known, key=len, default=re.split("_not_|_out_", reason)[0])


def _quoted(value: str | None, *, may_be_code: bool = False) -> str:
    if value is None:
        return ""
    if DATE_OR_NUMBER.fullmatch(value) or (may_be_code and CODE.fullmatch(value)):
        return f"'{value}' "
    shape = re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "x", value[:LONGEST_SHAPE]))
    plain = "".join(sign if sign.isprintable() else " " for sign in shape)
    return f"'{plain}' "
