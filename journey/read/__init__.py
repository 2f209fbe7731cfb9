"""Query and export: asking the published snapshot, taking tables away, reading what they mean.

Readers only: everything here opens `published/` or the dbt project, and writes where the user says.
No Dagster, and no computing that SQL can do. One module a command; the words are cli.py's.
"""

from journey.read.query import Answer, answer
from journey.read.snapshot import Snapshot, open_snapshot

__all__ = ["Answer", "Snapshot", "answer", "open_snapshot"]
