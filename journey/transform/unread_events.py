"""Events of dbt that no log keeps cost nothing.

dbt fills a message with what every event is given, makes another of it and a line for each log, and
only then asks whether the log is that detailed: thousands of debug events, a quarter of the time
that a small build takes.
"""

from typing import Any

from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

DETAILED = (EventLevel.DEBUG, EventLevel.TEST)

# What an event keeps of what it was given, until its message is asked for.
GIVEN = "given"

_fire_event = EventManager.fire_event
_fill = BaseEvent.__init__


def install() -> None:
    """Let this process make no message of what no log keeps; its one callback reads warnings."""
    EventManager.fire_event = fire_event  # type: ignore[method-assign, assignment]
    BaseEvent.__init__ = keep  # type: ignore[method-assign, assignment]
    BaseEvent.__getattr__ = read  # type: ignore[method-assign]
    BaseEvent.__setattr__ = write  # type: ignore[method-assign]


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


def keep(event: BaseEvent, *given: Any, **named: Any) -> None:
    """What the event says, which fills its message when that is read."""
    vars(event)[GIVEN] = given, named


def read(event: BaseEvent, name: str) -> Any:
    """An attribute of the message, or the message itself, as `pb_msg`."""
    if name != "pb_msg":
        return getattr(event.pb_msg, name)
    given, named = vars(event).pop(GIVEN)
    _fill(event, *given, **named)
    return vars(event)[name]


def write(event: BaseEvent, name: str, value: Any) -> None:
    if name == "pb_msg":
        vars(event)[name] = value
    else:
        setattr(event.pb_msg, name, value)
