"""Tickets of Zendesk and conversations of Intercom, as support tickets."""

import json

from tests.ingest.records_of_tools import ADA, BOB
from tests.ingest.rows import csv_of

COLUMNS = (
    "ticket_id, cast(opened_at as varchar), cast(closed_at as varchar), customer_id, email_key,"
    " topic, channel"
)
TEN, NOON = "2026-02-01 10:00:00", "2026-02-01 12:00:00"
OPENED = {"created_at": "2026-02-01T10:00:00Z", "updated_at": "2026-02-01T12:00:00Z"}


def test_tickets_of_zendesk_s_api_and_export(warehouse) -> None:
    warehouse.source("support_tickets", "zendesk")
    mail = {"channel": "email", "source": {"from": {"address": "Ada@example.test"}}}
    tickets = [
        # A ticket of the API names its requester by Zendesk's number alone, but for mails.
        OPENED | {"id": 1, "status": "open", "type": "question", "via": mail, "requester_id": 5},
        # What is solved was closed at its last change, where no time of the solution is told.
        OPENED | {"id": 2, "status": "closed", "via": mail},
        # Of the export: with its requester, and when it was solved.
        OPENED | {"id": 3, "status": "pending", "via": {"channel": "web"}, "type": "",
                  "requester": {"email": "bob@example.test", "external_id": "7"},
                  "metric_set": {"solved_at": "2026-02-01T11:00:00Z"}},
        OPENED | {"id": 4, "status": "a status of ours", "requester": {"external_id": "8"}},
        OPENED | {"id": 5, "status": "new", "via": {"channel": "web"}, "requester_id": 5},
    ]  # fmt: skip
    page = {"tickets": tickets[:3], "count": 3, "next_page": None, "users": [{"id": 5}]}
    warehouse.deliver("support_tickets/a.json", json.dumps(page))
    warehouse.deliver("support_tickets/b.jsonl", tickets[3:])
    first, second = warehouse.load("support_tickets").results
    assert (first.delivered, first.loaded) == (3, 3)
    assert (second.delivered, second.loaded) == (2, 1)
    assert warehouse.rows("support_tickets", COLUMNS) == [
        ("1", TEN, None, None, ADA, "question", "email"),
        ("2", TEN, NOON, None, ADA, None, "email"),
        ("3", TEN, "2026-02-01 11:00:00", "7", BOB, None, "web"),
        ("4", TEN, None, "8", None, None, None),
    ]
    assert warehouse.quarantine("support_tickets", "reason, file_row") == [("no_identifier", 2)]


def test_tickets_of_zendesk_s_csv(warehouse) -> None:
    warehouse.source("support_tickets", "zendesk")
    row = {"Id": "1", "Requester": "Ada", "Requester email": "ada@example.test", "Status": "Solved",
           "Subject": "From ada@example.test", "Created at": "2026-02-01 10:00",
           "Updated at": "2026-02-01 13:00", "Solved at": "2026-02-01 12:00",
           "Ticket type": "Question", "Via channel": "Mail"}  # fmt: skip
    warehouse.deliver("support_tickets/a.csv", csv_of([row, row | {"Id": "2", "Solved at": ""}]))
    warehouse.load("support_tickets")
    assert warehouse.rows("support_tickets", COLUMNS) == [
        ("1", TEN, NOON, None, ADA, "question", "mail"),
        ("2", TEN, "2026-02-01 13:00:00", None, ADA, "question", "mail"),
    ]


def test_conversations_of_intercom_are_tickets_where_the_customer_began_them(warehouse) -> None:
    warehouse.source("support_tickets", "intercom")
    by_ada = {"type": "user", "id": "c9", "email": "ada@example.test"}
    contact = {"contacts": [{"type": "contact", "id": "c9", "external_id": "7"}]}
    told = {"created_at": 1769940000, "state": "closed",
            "statistics": {"last_close_at": 1769947200},
            "tags": {"tags": [{"name": "late"}]}}  # fmt: skip
    conversations = [
        told | {"id": "1", "source": {"type": "conversation", "author": by_ada,
                                      "delivered_as": "customer_initiated"}, "contacts": contact,
                "topics": {"topics": [{"name": "Delivery"}]}},
        # Opened again: it is not closed. What a colleague wrote first is not of their address.
        told | {"id": "2", "state": "open", "contacts": contact,
                "source": {"type": "email", "author": {"type": "admin", "email": "us@shop.test"}}},
        told | {"id": "3", "source": {"type": "push", "delivered_as": "admin_initiated"}},
        told | {"id": "4", "source": {"type": "chat", "delivered_as": "customer_initiated"}},
    ]  # fmt: skip
    page = {"type": "conversation.list", "conversations": conversations}
    warehouse.deliver("support_tickets/a.json", json.dumps(page))
    [result] = warehouse.load("support_tickets").results
    assert (result.records, result.delivered, result.loaded) == (4, 3, 2)
    assert warehouse.rows("support_tickets", COLUMNS) == [
        ("1", TEN, NOON, "7", ADA, "Delivery", "chat"),
        ("2", TEN, None, "7", None, "late", "email"),
    ]
    assert warehouse.quarantine("support_tickets", "reason") == [("no_identifier",)]
