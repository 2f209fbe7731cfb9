"""Rows of people who were forgotten are dropped and counted, whatever file brings them again."""

import pytest

from journey.core.errors import ConfigurationError
from journey.ingest import tombstones
from journey.ingest.planning.full_refresh import reset
from journey.ingest.session import Session
from tests.ingest.rows import csv_of, good

ADDRESS = "ada@mail.test"


def forget(warehouse, **values: str) -> None:
    """Remember that these identifiers are forgotten, by sort."""
    connection = Session(warehouse.settings)
    if "email_key" in values:
        address = values["email_key"]
        (values["email_key"],) = connection.execute(
            "select key_of_address(?)", [address]
        ).fetchone()
    tombstones.keep(
        warehouse.settings,
        {sort: tombstones.hashes(connection, sort, [value]) for sort, value in values.items()},
    )
    connection.close()


def test_rows_of_forgotten_people_are_dropped_and_counted(warehouse) -> None:
    warehouse.source("web_events")
    warehouse.source("refunds")
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", csv_of([good("orders", order_id="1", customer_id="other")]))
    warehouse.load("orders")
    forget(
        warehouse,
        customer_id="c7",
        email_key=ADDRESS,
        anonymous_id="device-7",
        order_id="o7",
    )
    events = [
        good("web_events", event_id="1", customer_id="c7", anonymous_id="x"),
        good("web_events", event_id="2", email=" ADA@mail.test", customer_id=None),
        good("web_events", event_id="3", anonymous_id="device-7", customer_id=None, email=None),
        # The device of another person by now, and ids that only begin like the forgotten ones.
        good("web_events", event_id="4", anonymous_id="device-7", customer_id="c8"),
        good("web_events", event_id="5", anonymous_id="device-70", customer_id="c70"),
        good("web_events", event_id="6", customer_id="c7", occurred_at="never"),
    ]
    broken = '{"event_id": "7", "customer_id": "c7", "email": "ada%40mail.test", \n'
    lost = '{"event_id": "8", "email": "eve@mail.test", \n'
    warehouse.deliver("web_events/a.jsonl", events)
    path = warehouse.data_dir / "landing/web_events/a.jsonl"
    path.write_text(path.read_text() + broken + lost)
    [result] = warehouse.load("web_events").results
    assert [key for (key,) in warehouse.rows("web_events", "event_id")] == ["4", "5"]
    assert warehouse.quarantine("web_events") == [("unparseable",)]
    assert (result.delivered, result.loaded, result.quarantined, result.forgotten) == (8, 2, 1, 5)

    refunds = [good("refunds", refund_id="1", order_id="o7"), good("refunds", refund_id="2")]
    warehouse.deliver("refunds/a.csv", csv_of(refunds))
    [result] = warehouse.load("refunds").results
    assert (result.delivered, result.loaded, result.forgotten) == (2, 1, 1)
    warehouse.deliver("orders/b.csv", csv_of([good("orders", order_id="o7", customer_id="c7")]))
    [result] = warehouse.load("orders").results
    assert (result.delivered, result.loaded, result.forgotten) == (1, 0, 1)
    kept = warehouse.settings.forgotten_path.read_text()
    assert not any(word in kept for word in ("c7", "ada", "device-7"))


def test_single_rows_are_forgotten_where_no_identifier_of_them_is(warehouse) -> None:
    warehouse.source("web_events")
    events = [
        good("web_events", event_id=key, anonymous_id="shared", customer_id=None)
        for key in ("1", "2")
    ]
    forget(warehouse, **{tombstones.of_rows("web_events"): "web_events:1"})
    warehouse.deliver("web_events/a.jsonl", events)
    [result] = warehouse.load("web_events").results
    assert warehouse.rows("web_events", "event_id") == [("2",)]
    assert result.forgotten == 1


def test_another_key_cannot_bring_forgotten_people_back(warehouse, monkeypatch) -> None:
    warehouse.source("orders")
    warehouse.deliver("orders/a.csv", csv_of([good("orders")]))
    warehouse.load("orders")
    forget(warehouse, customer_id="c7")
    monkeypatch.setenv("JOURNEY_EMAIL_KEY", "another key for tests, long enough to be one")
    with pytest.raises(ConfigurationError, match=r"forgotten\.txt.*restore"):
        reset(warehouse.settings)
    warehouse.settings.forgotten_path.write_text("cut off")
    with pytest.raises(ConfigurationError, match="damaged"):
        reset(warehouse.settings)
