"""Whether more of a delivery went to quarantine than is usual for exports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from journey import publish
from journey.core.settings import Settings
from journey.monitor.database import HERE, ask, opened
from journey.monitor.notify import Alert
from journey.publish import Version

SHOWN = 3


@dataclass(frozen=True)
class Share:
    """What one source delivered since the version before, and how much of it was quarantined."""

    source: str
    delivered: int
    quarantined: int
    share: float


def shares_of(settings: Settings, version: Version) -> list[Share]:
    """Every source that delivered since the version before this one, the worst first."""
    # Not from the kept versions: the one before may be pruned by now.
    since = publish.published_before(settings, version.name) or datetime(1970, 1, 1, tzinfo=UTC)
    with opened(settings, version) as connection:
        file = HERE / "quarantined_shares.sql"
        rows = ask(connection, file, since=since.astimezone(UTC).replace(tzinfo=None))
    return [Share(*row) for row in rows]


def many_quarantined(settings: Settings, version: Version, shares: Sequence[Share]) -> list[Alert]:
    """At most one alert a run, for all sources above the threshold of the settings."""
    bad = [found for found in shares if found.share > settings.alert_quarantine_share]
    if not bad:
        return []
    named = ", ".join(
        f"{found.share:.1%} of source {found.source} ({found.quarantined:,} of "
        f"{found.delivered:,} rows)"
        for found in bad[:SHOWN]
    )
    more = f" and of {len(bad) - SHOWN} more sources" if len(bad) > SHOWN else ""
    sentence = (
        f"Version {version.name} is published without {named}{more}, which went to quarantine. "
        "Look at `journey status` for the reasons, fix the export and deliver it again."
    )
    return [Alert(f"quarantine/{version.run_id}", sentence)]
