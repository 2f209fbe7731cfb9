"""The text of a settings file: its sources, and what a person should look at, as comments."""

import json
from collections.abc import Iterator, Sequence

from journey.ingest.recognise.delivered import Delivered
from journey.ingest.recognise.proposals import Proposal
from journey.ingest.trial.observed import NAME

HEAD = """\
# Settings of this warehouse and the deliveries that it reads, as `journey init` found them. Look at
# each, then let `journey check` show what would become of the files, and `journey run` load them.
# Every setting is explained in docs/guides/your-data.md.
"""
MOST_NAMED = 30
PAYMENTS = """\
# Payments of orders that another source delivers: with both, each sale would count twice. Take the
# marks away where these are other sales."""


def settings_text(
    found: Sequence[Delivered],
    *,
    currency: str,
    time_zone: str,
    own_domains: Sequence[str] = (),
) -> str:
    """The file. What is not known is left out, with a comment."""
    kinds = {kind for delivered in found for kind in delivered.kinds}
    lines = [HEAD, f"reporting_currency = {_text(currency)}"]
    lines.append(f"reporting_time_zone = {_text(time_zone)}")
    if own_domains:
        domains = ", ".join(map(_text, own_domains))
        lines.append(f"own_domains = [{domains}]  # a referrer of our own is no channel")
    if "web_events" in kinds and "orders" not in kinds:
        lines.append('orders_from = "web"  # no export of orders was found: purchases on the site')
    names: set[str] = set()
    has_shop = any("orders" in of.kinds and not of.payments for of in found)
    for delivered in sorted(found, key=lambda given: given.format is None):
        source = list(_source(delivered, names))
        if delivered.payments and has_shop:
            source = [PAYMENTS, *(f"# {line}".rstrip() for line in source)]
        lines += ["", *source]
    return "\n".join(lines) + "\n"


def _source(delivered: Delivered, names: set[str]) -> Iterator[str]:
    if delivered.fault:
        yield f"# {_plain(delivered.path)} is left out: {_plain(delivered.fault)}"
        return
    if delivered.format is None:
        yield f"# {_plain(delivered.path)} is of no tool that is known, and no kind is whole in it."
        yield f"# Its columns: {_columns(delivered.columns)}"
        yield '# Where it is needed, map it: format = "mapped" in docs/guides/your-data.md.'
        return
    if delivered.lacking:
        yield f"# {_plain(delivered.path)} is of {delivered.format}, and no file here"
        lacking = ", ".join(delivered.lacking)
        yield f"# has these: {lacking}. Its page in docs/guides/tools has more."
        return
    is_of_tool = delivered.format not in ("canonical", "mapped")
    for number, kind in enumerate(delivered.kinds):
        if number:
            yield ""
        word = delivered.format if is_of_tool else delivered.stem
        yield "[[sources]]"
        yield f"name = {_text(_free(word, kind, len(delivered.kinds) > 1, names))}"
        yield f"kind = {_text(kind)}"
        yield f"format = {_text(delivered.format)}"
        yield f"path = {_text(delivered.path)}"
        if delivered.tables:
            tables = ", ".join(f"{table} = {_text(p)}" for table, p in delivered.tables.items())
            yield f"tables = {{ {tables} }}"
        if delivered.proposal:
            yield from _mapping(delivered.proposal)


def _mapping(proposal: Proposal) -> Iterator[str]:
    if proposal.date_only:
        yield "date_only = true  # its times are dates"
    if proposal.group_by:
        yield f"group_by = [{', '.join(map(_text, proposal.group_by))}]"
    for doubt in proposal.doubts:
        yield f"# LOOK: {_plain(doubt)}"
    yield "[sources.columns]"
    for column, expression in proposal.columns.items():
        yield f"{column} = {_text(expression)}"
    if proposal.unused:
        yield f"# not used: {_columns(proposal.unused)}"


def _free(word: str, kind: str, has_several: bool, names: set[str]) -> str:
    """A name for a source that no other has."""
    begun = f"{word}_{kind}" if has_several else word
    name, number = begun, 2
    while name in names:
        name, number = f"{begun}_{number}", number + 1
    names.add(name)
    return name


def _columns(columns: Sequence[str]) -> str:
    """Names of columns; their number alone, where one of them is no name but a person's value."""
    if not all(NAME.fullmatch(given.strip()) for given in columns):
        return (
            f"{len(columns):,}, of which not all are names: see whether its first line is a header"
        )
    more = len(columns) - MOST_NAMED
    parts = [*columns[:MOST_NAMED], *([f"{more:,} more"] if more > 0 else [])]
    return _plain(", ".join(parts)) or "none"


def _text(value: str) -> str:
    """A text of TOML, whose basic strings are those of JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(value: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in value)
