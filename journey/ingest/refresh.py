"""Whether a full refresh has forgotten what was loaded, and not yet published what it loads again.

Until then a run loads all that lies in the landing paths, whatever its dates: readers must not get
the part of the data that one day delivered in place of all of it.
"""

from pathlib import Path

from journey.core.settings import Settings


def begin(settings: Settings) -> None:
    _mark(settings).touch()


def is_unfinished(settings: Settings) -> bool:
    return _mark(settings).exists()


def finish(settings: Settings) -> None:
    _mark(settings).unlink(missing_ok=True)


def _mark(settings: Settings) -> Path:
    return settings.data_dir / ".refreshing"
