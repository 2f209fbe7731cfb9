"""What became of the files of a batch, in numbers that must add up.

What came in is counted where it was read, what went out where it was written, so that the sum means
something.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from journey.core import sql
from journey.core.errors import EngineError
from journey.ingest import quarantine
from journey.ingest.ledger_loads import WHERE_THE_ROW_IS
from journey.ingest.outcomes import FileResult, Joined
from journey.ingest.output import Output
from journey.ingest.planning.landing import Delivery
from journey.ingest.read.counts import by_file
from journey.ingest.session import Session
from journey.ingest.versions import Decisions


def results(
    output: Output,
    deliveries: Sequence[Delivery],
    fingerprint: str,
    *,
    records: Mapping[int, int],
    delivered: Mapping[int, int],
    decisions: Decisions | None,
    joined: Sequence[Joined],
    forgotten: Mapping[int, int],
) -> list[FileResult]:
    """What became of each file of the batch that `output` has written, and counts what it laid
    down beside that.

    `records`, `delivered` and `forgotten` are by place in the batch, counted where it was read. All
    of the batch was `joined` with the same files.
    """
    connection = output.connection
    decided = _decided(connection, decisions) if decisions else {}
    days = _days(connection)
    written = _written(output)
    reasons = _reasons(output, deliveries[0].source.columns)
    accounted = []
    for place, delivery in enumerate(deliveries):
        duplicate, restated, kept_all_the_same = decided.get(place, (0, 0, 0))
        output.pending.relaid += kept_all_the_same - restated
        first_day, last_day = days.get(place, (None, None))
        found = reasons.get(delivery.file_name, {})
        result = FileResult(
            source=output.source,
            kind=delivery.kind,
            file_name=delivery.file_name,
            sha256=delivery.sha256,
            sequence=delivery.sequence,
            lineage_name=delivery.file_name,
            delivered_on=delivery.delivered_on,
            status="loaded",
            fingerprint=delivery.fingerprint(fingerprint),
            joined=joined,
            records=records.get(place, 0),
            delivered=delivered.get(place, 0),
            loaded=written.get(delivery.file_name, 0) - kept_all_the_same,
            restated=restated,
            duplicate=duplicate,
            quarantined=sum(count for count, _ in found.values()),
            forgotten=forgotten.get(place, 0),
            first_event_date=first_day,
            last_event_date=last_day,
            quarantine_reasons={reason: count for reason, (count, _) in found.items()},
            examples={reason: example for reason, (_, example) in found.items()},
        )
        _check_sum(result)
        accounted.append(result)
    return accounted


def _decided(connection: Session, decisions: Decisions) -> dict[int, tuple[int, int, int]]:
    """By file: duplicates, restatements, and how many of either are stored."""
    rows = connection.execute(
        f"""select _file, count_if(_outcome = 'duplicate'), count_if(_outcome = 'restated'),
            count_if(_is_kept)
        from conformed inner join {decisions.of_rows} as decided
            on conformed.rowid = decided._row_id
        group by _file"""
    ).fetchall()
    return {place: tuple(rest) for place, *rest in rows}


def _days(connection: Session) -> dict[int, tuple[date, date]]:
    """By file: first and last event date of the rows that can be kept."""
    rows = connection.execute(
        """select _file, min(event_date), max(event_date) from conformed
        where _reason is null group by _file"""
    ).fetchall()
    return {place: tuple(rest) for place, *rest in rows}


def _written(output: Output) -> dict[str, int]:
    """By file: rows as they were written."""
    paths = output.files()
    if not paths:
        return {}
    return by_file(
        output.connection,
        f"""select file_name, count(*)
        from read_parquet([{sql.files(paths)}], hive_partitioning = false)
        where file_name in (select file_name from files) group by file_name""",
    )


def _reasons(
    output: Output, expressions: Mapping[str, str]
) -> dict[str, dict[str, tuple[int, str]]]:
    """By file and reason: rows in quarantine, and the first of them in words."""
    rows = output.connection.execute(
        """select file_name, reason, count(*), min(file_row), arg_min(value, file_row)
        from quarantined where file_name in (select file_name from files)
        group by all order by all"""
    ).fetchall()
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for file_name, reason, count, line, value in rows:
        words = quarantine.explain(reason, value, output.contract, expressions)
        sentence = (
            f"{file_name} row {line}: {words}; {WHERE_THE_ROW_IS}"
            f"quarantine/{output.contract.kind}/{output.quarantine_name}"
        )
        found.setdefault(file_name, {})[reason] = (count, sentence)
    return found


def _check_sum(result: FileResult) -> None:
    outcomes = (
        f"{result.loaded} loaded, {result.duplicate} duplicate, {result.restated} restated, "
        f"{result.quarantined} in quarantine, {result.forgotten} forgotten"
    )
    accounted = result.loaded + result.duplicate + result.restated + result.quarantined
    accounted += result.forgotten
    if accounted != result.delivered:
        raise EngineError(
            f"{result.file_name}: {result.delivered} rows were delivered and {accounted} accounted "
            f"for ({outcomes}); nothing is kept; this is a fault of ours"
        )
