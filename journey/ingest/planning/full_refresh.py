"""Forgetting every load, so that all that lies in the landing paths is loaded again.

Whether a full refresh is unfinished is `refresh`'s to know.
"""

from datetime import UTC, datetime

from journey.core.errors import DataError
from journey.core.settings import Settings
from journey.ingest import email_key, raw_layer, refresh, tombstones
from journey.ingest.ledger import Ledger
from journey.ingest.planning.landing import find_deliveries
from journey.ingest.planning.plan import plan


def reset(settings: Settings) -> None:
    """Forget every load, so that all that lies in the landing paths is loaded again.

    Raises DataError, and forgets nothing, where a file that was loaded is no longer there. One that
    was corrected in place is there, unless its later content was rejected. A source that the
    settings no longer name is not missed.
    """
    planned = plan(settings, everything=True)
    there = {(found.source.name, found.sha256) for found in planned if not found.fault}
    results = Ledger(settings).file_results()
    rejected = {(r["source"], r["sha256"]) for r in results if r["status"] == "rejected"}
    useless = {
        found.path
        for found in planned
        if found.fault or (found.source.name, found.sha256) in rejected
    }
    today = datetime.now(UTC).date()
    paths = {
        (source.name, found.file_name)
        for source in settings.sources
        for found in find_deliveries(settings, source, today)
        if not found.fault and found.path not in useless
    }
    sources = {source.name for source in settings.sources}
    lost = [
        loaded
        for loaded in results
        if loaded["status"] == "loaded"
        and loaded["replaced_by"] is None
        and loaded["source"] in sources
        and (loaded["source"], loaded["sha256"]) not in there
        and (loaded["source"], loaded["file_name"]) not in paths
    ]
    if lost:
        raise DataError(
            f"a full refresh would lose the rows of {len(lost):,} loaded files that are no longer "
            f"in the landing paths (the first is {lost[0]['file_name']} of source "
            f"'{lost[0]['source']}'); put them back, or take the source out of "
            f"{settings.config_file.name}, and run again"
        )
    ledger = Ledger(settings)
    tombstones.require_key(settings, is_same=email_key.is_same(settings, ledger))
    email_key.warn_if_another(settings, ledger)
    refresh.begin(settings)
    raw_layer.forget(settings)
