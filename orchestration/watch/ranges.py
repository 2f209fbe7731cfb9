"""Whether a night's figures lie where they usually do. What usual means is `usual_ranges.sql`'s."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.alerts import Alert
from orchestration.ingest.sql import texts
from orchestration.publish import Version
from orchestration.settings import Settings
from orchestration.watch.database import HERE, ask, opened

SHOWN = 3


@dataclass(frozen=True)
class Range:
    """A figure of this night and between what it usually lies."""

    figure: str
    value: float
    low: float
    high: float
    nights: int

    @property
    def is_usual(self) -> bool:
        return self.low <= self.value <= self.high

    def __str__(self) -> str:
        return (
            f"{self.figure} is {self.value:.1%}, usually {max(self.low, 0):.1%} to "
            f"{min(self.high, 1):.1%}"
        )


def ranges_of(settings: Settings, version: Version) -> list[Range]:
    """Every figure of the version that has a usual range yet."""
    files = sorted(settings.figures_dir.glob("*.parquet"))
    if not files:
        return []
    with opened(settings, version) as connection:
        connection.execute(
            f"create temp view figures as select * from read_parquet([{texts(files)}])"
        )
        rows = ask(
            connection,
            HERE / "usual_ranges.sql",
            version=version.name,
            nights=settings.alert_nights,
            least_nights=settings.alert_least_nights,
            mads=settings.alert_mads,
            least_move=settings.alert_least_move,
            smallest_sample=settings.alert_smallest_sample,
        )
    return [Range(*row) for row in rows]


def moved(version: Version, ranges: Sequence[Range]) -> Alert | None:
    """One alert a night for all figures that left their range."""
    unusual = [found for found in ranges if not found.is_usual]
    if not unusual:
        return None
    named = "; ".join(str(found) for found in unusual[:SHOWN])
    more = f"; and {len(unusual) - SHOWN} more" if len(unusual) > SHOWN else ""
    return Alert(
        f"moved/{version.run_id}",
        f"Version {version.name} is published, and {len(unusual)} of its figures moved: "
        f"{named}{more}. Look at published/figures in the catalogue.",
    )
