"""Reasons for quarantine in words that help: what, where, next. Codes are `conforming`'s."""

import re

from orchestration.ingest.contracts import Contract

PLAIN = {
    "unparseable": "it is not one whole JSON object or CSV row",
    "wrong_field_count": "it has not as many fields as the header",
}


def explain(reason: str, value: str | None, contract: Contract) -> str:
    """What is wrong with a row, from its reason code and the value that is at fault."""
    if reason in PLAIN:
        return PLAIN[reason]
    if reason == "unknown_column":
        return f"{contract.kind} has no column '{value}'"
    if reason == "in_the_future":
        return f"{contract.instant} {_quoted(value)}lies more than a day after its delivery"
    for rule in contract.one_of:
        if rule.reason == reason:
            return f"it gives none of {', '.join(rule.columns)}"
    if reason.endswith("_failed"):
        return f"the source's expression for {reason.removesuffix('_failed')} fails on it"
    column = _column(reason, contract)
    words = reason.removeprefix(column).replace("_", " ").strip()
    return f"{column} {_quoted(value)}is {words}"


def _column(reason: str, contract: Contract) -> str:
    known = [c for c in contract.delivered_names if reason.startswith(c + "_")]
    return max(known, key=len, default=re.split("_not_|_out_", reason)[0])


def _quoted(value: str | None) -> str:
    return f"'{value}' " if value is not None else ""
