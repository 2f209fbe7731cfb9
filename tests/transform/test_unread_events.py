"""dbt's debug events, of which a log that keeps them has a line, and which else cost nothing.

Fails where an upgrade of dbt fires its events in another way.
"""

import io
from collections.abc import Callable

import pytest
from dbt.adapters.events.types import SQLQuery
from dbt_common.events import base_types, event_manager
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.logger import LineFormat, LoggerConfig
from dbt_common.events.types import Formatting, Note

from journey.transform import unread_events

FIRED = [
    ("a debug line", EventLevel.DEBUG),
    ("a line", EventLevel.INFO),
    ("of its own level, info", None),
]


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of which events dbt makes a message, after `install`, which is undone after the test."""
    made: list[str] = []
    original = event_manager.msg_from_base_event

    def noted(event: Note, level: EventLevel | None = None) -> object:
        made.append(event.msg)
        return original(event, level)

    monkeypatch.setattr(event_manager, "msg_from_base_event", noted)
    monkeypatch.setattr(EventManager, "fire_event", EventManager.fire_event)
    for name in ("__init__", "__getattr__", "__setattr__"):
        monkeypatch.setattr(BaseEvent, name, getattr(BaseEvent, name))
    unread_events.install()
    return made


def lines_of(level: EventLevel) -> list[str]:
    """What a log of this level has of the events FIRED, without the times."""
    log, manager = io.StringIO(), EventManager()
    unchanged: Callable[[str], str] = str
    manager.add_logger(
        LoggerConfig(
            name=f"test of {level}",
            line_format=LineFormat.PlainText,
            level=level,
            scrubber=unchanged,
            output_stream=log,
        )
    )
    for text, of_level in FIRED:
        manager.fire_event(Note(msg=text), of_level)
    return [line.split("  ", 1)[1] for line in log.getvalue().splitlines()]


def test_a_log_that_is_not_detailed_costs_no_message_of_a_detail(messages: list[str]) -> None:
    kept = ["a line", "of its own level, info"]
    assert lines_of(EventLevel.INFO) == kept
    assert messages == kept


def test_a_detailed_log_keeps_all(messages: list[str]) -> None:
    assert lines_of(EventLevel.DEBUG) == [text for text, _ in FIRED]
    assert messages == [text for text, _ in FIRED]


def test_an_event_that_must_be_handled_is(messages: list[str]) -> None:
    manager = EventManager()
    manager.fire_event(Note(msg="a warning"), EventLevel.WARN, force_warn_or_error_handling=True)
    assert messages == ["a warning"]


def test_a_detail_that_no_log_keeps_is_not_even_filled(
    messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(base_types, "ParseDict", fail)
    EventManager().fire_event(Note(msg="a debug line"), EventLevel.DEBUG)
    with pytest.raises(Exception, match="Unable to parse"):  # dbt's own words where it is filled
        EventManager().fire_event(Note(msg="a line"), EventLevel.INFO)


def test_an_event_says_what_it_was_given(messages: list[str]) -> None:
    event = SQLQuery(conn_name="main", sql="select 1", node_info={"node_name": "orders"})
    assert (event.conn_name, event.node_info.node_name) == ("main", "orders")
    assert event.to_dict()["sql"] == "select 1"
    event.sql = "select 2"
    assert event.pb_msg.sql == event.sql == "select 2"
    assert "select 2" in event.message()
    assert Formatting("by position").msg == "by position"


def test_an_attribute_may_be_set_before_any_is_read(messages: list[str]) -> None:
    event = Note(msg="a line")
    event.msg = "another"
    assert event.message() == "another"
    with pytest.raises(AttributeError):
        _ = event.unknown
