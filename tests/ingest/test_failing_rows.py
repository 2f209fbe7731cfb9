"""What a database stumbles on in one row costs that row, whatever the format does with it."""

from dataclasses import replace

import pytest

from journey.core.settings import Source
from journey.ingest import source_load
from journey.ingest.conform import failing_rows
from journey.ingest.formats import format_of

from .conftest import Warehouse


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segment's format, but it takes every customer for a number."""

    def stumbles(source: Source):
        known = format_of(source)
        number = "cast(cast(customer_id as integer) as varchar) as customer_id"
        body = f"select * replace ({number}) from ({known.body})"
        return replace(known, body=body)

    monkeypatch.setattr(source_load, "format_of", stumbles)


def calls(customers: list[str]) -> list[dict]:
    return [
        {"type": "page", "messageId": f"m{n}", "userId": given, "timestamp": "2026-02-01T10:00:00Z"}
        for n, given in enumerate(customers)
    ]


@pytest.mark.usefixtures("stumbling")
def test_the_rows_that_a_format_stumbles_on_are_quarantined_and_the_others_load(
    warehouse: Warehouse,
):
    warehouse.source("web_events", "segment")
    customers = [str(n) for n in range(40)]
    customers[0] = customers[7] = customers[39] = "Jane Roe"
    warehouse.deliver("web_events/a.jsonl", calls(customers))
    warehouse.deliver("web_events/b.jsonl", calls(["100"])[:1])
    pending = warehouse.load("web_events")
    (first, second) = pending.results
    assert (first.delivered, first.quarantined, second.loaded + second.restated) == (40, 3, 1)
    assert first.loaded == 37
    assert warehouse.quarantine("web_events", "reason, file_row") == [
        ("unreadable_value", 1),
        ("unreadable_value", 8),
        ("unreadable_value", 40),
    ]
    assert all("Roe" in text for (text,) in warehouse.quarantine("web_events", "row_text"))
    assert "Roe" not in str(pending.results)


@pytest.mark.usefixtures("stumbling")
def test_a_file_of_which_too_many_rows_fail_is_rejected(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(failing_rows, "MOST_ROWS", 3)
    warehouse.source("web_events", "segment")
    warehouse.deliver("web_events/a.jsonl", calls(["Jane Roe"] * 4))
    (result,) = warehouse.load("web_events").results
    assert result.status == "rejected"
    assert "Roe" not in result.reason
