"""Whether a new version is overdue: the one thing that no run can report itself."""

from datetime import datetime, timedelta

from journey import publish
from journey.core.settings import Settings
from journey.monitor.notify import Alert


def late(settings: Settings, now: datetime) -> Alert | None:
    """One alert for each version after which the next one did not come in time.

    Before the first version nothing is overdue: a first run that fails is an alert itself.
    """
    newest = max(publish.shown(settings), key=lambda version: version.name, default=None)
    if newest is None or now - newest.published_at <= timedelta(hours=settings.alert_late_hours):
        return None
    seen = publish.current(settings) or newest  # an earlier one after a rollback
    hours = (now - newest.published_at) // timedelta(hours=1)
    return Alert(
        f"late/{newest.name}",
        f"No version was published for {hours} hours; readers see data up to "
        f"{seen.as_of:%Y-%m-%d %H:%M} UTC. Look at `journey status` for what was delivered, and "
        "at the runs in the catalogue for what stopped.",
    )
