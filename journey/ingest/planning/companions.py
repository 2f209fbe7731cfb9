"""The files that deliveries are joined with: those of their date, or all where a path has none.

A table of which no file is there is a fault of the delivery. What the files hold is for
`joined_tables` to read.
"""

from collections.abc import Sequence
from datetime import date

from journey.core.settings import Settings, Source
from journey.ingest.ledger import Ledger
from journey.ingest.planning.landing import Companion, Delivery, find_deliveries

Found = tuple[Delivery, str, str]  # a file, its stamp and its digest


def with_companions(
    settings: Settings, ledger: Ledger, deliveries: Sequence[Delivery], today: date
) -> list[Delivery]:
    """The deliveries, known by their content, with the files of the tables that sources name."""
    sources = {delivery.source.name: delivery.source for delivery in deliveries}
    there = {
        (name, table): ledger.digested(find_deliveries(settings, source.companion(table), today))
        for name, source in sources.items()
        for table in source.tables
    }
    return [_joined(delivery, there) for delivery in deliveries]


def _joined(delivery: Delivery, there: dict[tuple[str, str], list[Found]]) -> Delivery:
    companions = []
    for table in delivery.source.tables:
        found = _of_date(there[delivery.source.name, table], delivery, table)
        if not found:
            return delivery.with_fault(_missing(delivery.source, table, delivery.day))
        for file, stamp, sha256 in found:
            if file.fault:
                return delivery.with_fault(f"its table '{table}', {file.file_name}: {file.fault}")
            companions.append(Companion(table, file.path, file.file_name, sha256, stamp))
    return delivery.joined_with(companions)


def _of_date(found: Sequence[Found], delivery: Delivery, table: str) -> Sequence[Found]:
    if not _is_dated(delivery.source, table):
        return found
    return [file for file in found if file[0].delivered_on == delivery.day]


def _is_dated(source: Source, table: str) -> bool:
    return "{date" in source.tables[table]


def _missing(source: Source, table: str, day: date) -> str:
    of_date = f" of {day}" if _is_dated(source, table) else ""
    return (
        f"its table '{table}' is missing: no file{of_date} lies at "
        f"{source.companion(table).origin}; put it there, or see to `tables` of the source"
    )
