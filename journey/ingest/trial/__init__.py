"""What would become of a source's newest file, in seconds and with nothing changed.

    for found in trial.check(settings, settings.sources, rows=100_000):
        ...

It is loaded by what a run loads with, into a folder that is thrown away: no second reading, no
ledger, no key for addresses. Nothing is compared with what was loaded before.
"""

from journey.ingest.trial.found import (
    Column,
    Found,
    Identifiers,
    Names,
    People,
    Reason,
    Times,
)
from journey.ingest.trial.trials import check

__all__ = ["Column", "Found", "Identifiers", "Names", "People", "Reason", "Times", "check"]
