"""Whether a run's figures are in their expected range. What that is, is `expected_ranges.sql`'s."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from journey.core import sql
from journey.core.settings import Settings
from journey.monitor.database import HERE, ask, opened
from journey.monitor.history import Figure, as_table
from journey.monitor.notify import Alert
from journey.publish import Version


@dataclass(frozen=True)
class Range:
    """A figure of this run, between what it usually lies, and since when it does not."""

    figure: str
    value: float
    low: float
    high: float
    runs: int
    out_since: datetime | None = None

    @property
    def is_usual(self) -> bool:
        return self.out_since is None

    def __str__(self) -> str:
        return (
            f"{self.figure} is {self.value:.1%}, usually {max(self.low, 0):.1%} to "
            f"{min(self.high, 1):.1%}"
        )


def ranges_of(settings: Settings, version: Version, figures: Sequence[Figure]) -> list[Range]:
    """Each of the version's figures that has an expected range yet, by what other runs kept."""
    files = sorted(settings.metrics_dir.glob("*.parquet"))
    others = [path for path in files if path.stem != version.name]
    with opened(settings, version) as connection:
        as_table(connection, version, figures)
        if others:
            connection.execute(
                f"insert into figures by name select * from read_parquet([{sql.files(others)}])"
            )
        rows = ask(
            connection,
            HERE / "expected_ranges.sql",
            version=version.name,
            as_of=version.as_of.astimezone(UTC).replace(tzinfo=None),
            runs=settings.alert_history_runs,
            min_history=settings.alert_min_history,
            mad_threshold=settings.alert_mad_threshold,
            min_change=settings.alert_min_change,
            min_sample=settings.alert_min_sample,
        )
    return [Range(*row) for row in rows]


def moved(version: Version, ranges: Sequence[Range]) -> list[Alert]:
    """One alert for each figure out of its range: the same one until it was usual again."""
    return [
        Alert(
            f"moved/{found.figure}/{found.out_since:%Y-%m-%dT%H:%M:%S}",
            f"Version {version.name} is published, and {found}. Look at published/metrics in the "
            "catalogue.",
        )
        for found in ranges
        if not found.is_usual
    ]
