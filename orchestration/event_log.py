"""Dagster's SQLite event log, told that a plan for many partitions is one event.

Without this a run over 120 delivery dates writes a planned event for every asset and date, the
unpartitioned models included: ten thousand rows before its first step. What was materialised is
still one event a partition. Named in `dagster.yaml`; nothing else belongs here.
"""

from dagster._core.storage.event_log import SqliteEventLogStorage


class EventLog(SqliteEventLogStorage):
    """The event log of this instance."""

    @property
    def supports_partition_subset_in_asset_materialization_planned_events(self) -> bool:
        return True
