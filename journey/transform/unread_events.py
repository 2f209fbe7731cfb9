"""Events of dbt that no log keeps cost nothing.

dbt makes a message of every event and a line of it for each log, and only then asks whether the log
is that detailed: thousands of debug events, a sixth of the time that a small build takes.
"""

from typing import Any

from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

DETAILED = (EventLevel.DEBUG, EventLevel.TEST)

_fire_event = EventManager.fire_event


def install() -> None:
    """Let this process make no message of what no log keeps; its one callback reads warnings."""
    EventManager.fire_event = fire_event  # type: ignore[method-assign, assignment]


def fire_event(
    manager: EventManager,
    event: BaseEvent,
    level: EventLevel | None = None,
    node: Any = None,
    force_warn_or_error_handling: bool = False,
) -> None:
    """dbt's own, for the events of a level that some log keeps."""
    if (level or event.level_tag()) in DETAILED and not any(
        log.level in DETAILED for log in manager.loggers
    ):
        return
    _fire_event(manager, event, level, node, force_warn_or_error_handling)
