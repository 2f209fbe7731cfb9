"""Reading files again because what decides their meaning has changed: what is said and kept of it.

Which files these are, the plan says; how kept rows are written again, `carry_over`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from journey.core.log import logger, say
from journey.core.settings import Settings, Source
from journey.ingest import raw_layer
from journey.ingest.contracts import read_contract
from journey.ingest.ledger import Ledger
from journey.ingest.outcomes import FileResult
from journey.ingest.pending import PendingLoad
from journey.ingest.planning.fingerprints import changed_parts
from journey.ingest.planning.landing import Delivery


def announce(
    settings: Settings,
    ledger: Ledger,
    kind: str,
    deliveries: Sequence[Delivery],
    fingerprints: Mapping[str, str],
    there: set[tuple[str, str]],
) -> None:
    """Say which files are read again and why, and, once, which rows keep the meaning they had.

    `fingerprints` are those of today by source; `there` has the source and path of all files that
    lie in the landing paths.
    """
    loaded = {p: known for p, known in ledger.known((kind,)).items() if known.is_current}
    for source, now in fingerprints.items():
        again = [d for d in deliveries if d.source.name == source and d.replaces]
        if again:
            first = again[0]
            why = _why(loaded[first.place].fingerprint, first.meaning(now), first.source)
            files = "1 file is" if len(again) == 1 else f"{len(again):,} files are"
            say(f"raw/{kind}", f"source '{source}': {why}, so {files} read again")
        gone = [
            known
            for (name, path, _), known in loaded.items()
            if name == source
            and known.kind == kind
            and not known.means_as(now)
            and (name, path) not in there
        ]
        if gone and ledger.fact(f"reported/{kind}/{source}") != now:
            days = sorted(known.delivered_on for known in gone if known.delivered_on)
            logger.warning(
                "source '%s': how it is read has changed, and %s no longer in the landing paths: "
                "the rows delivered on %s keep the meaning they had; put the files back to have "
                "them read again",
                source,
                "1 file that was loaded before is"
                if len(gone) == 1
                else f"{len(gone):,} files that were loaded before are",
                days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}",
                extra={"step": f"raw/{kind}"},
            )
            ledger.keep_fact(f"reported/{kind}/{source}", now)


def _why(before: str, now: str, source: Source) -> str:
    words = {
        "definition": "its definition in journey.toml has changed",
        "format": f"format {source.format} has changed",
        "seeds": "a seed that files are read by has changed",
        "contract": f"the contract of {source.kind} has changed",
        "tables": f"what it is joined with ({', '.join(source.tables)}) has changed",
    }
    changed = changed_parts(before, now)
    if len(changed) < len(now.split(" ")) and all(part in words for part in changed):
        return " and ".join(words[part] for part in changed)
    return "this version of Journey Warehouse reads files differently"


def outdated_layouts(settings: Settings, ledger: Ledger, kind: str) -> list[str]:
    """The sources whose kept rows have the columns of an older contract."""
    layout = _layout(kind)
    files = raw_layer.raw_files(settings, kind)
    return [
        source
        for source in raw_layer.sources_of(files)
        if ledger.fact(_name(kind, source)) != layout
    ]


def note_layouts(pending: PendingLoad, sources: set[str]) -> None:
    """Have the ledger know, with the load, which columns the rows of these sources have."""
    for source in sources:
        pending.facts[_name(pending.kind, source)] = _layout(pending.kind)


def as_they_were(ledger: Ledger, failed: Sequence[FileResult]) -> list[FileResult]:
    """What the ledger knew of these files, with why they keep it."""
    known = ledger.results_at([result.place for result in failed])
    return [
        replace(
            known[result.place],
            fingerprint=result.fingerprint,
            reason=f"{result.reason}; until then its rows keep the meaning they had",
        )
        for result in failed
    ]


def _layout(kind: str) -> str:
    columns = json.dumps(raw_layer.raw_columns(read_contract(kind)))
    return hashlib.sha256(columns.encode()).hexdigest()[:16]


def _name(kind: str, source: str) -> str:
    return f"layout/{kind}/{source}"
