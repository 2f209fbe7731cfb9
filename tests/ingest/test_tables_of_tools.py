"""Klaviyo and Mailchimp as connectors write them: a table of events, joined with other tables."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from journey.core.settings import Settings, Source
from journey.ingest import recognise, trial
from tests.conftest import REPO
from tests.ingest.records_of_tools import ADA, BOB
from tests.ingest.rows import csv_of

TODAY = date(2026, 3, 1)
EVENTS = [
    ("k1", "p1", "m1", ""), ("k2", "p2", "m2", ""), ("k3", "p1", "m3", ""), ("k4", "p9", "m4", ""),
    ("k5", "p1", "m5", ""),
    # Its metric is in no table, and it says itself what it is; one that does not is quarantined.
    ("k6", "p1", "m9", "Clicked Email"), ("k7", "p1", "m9", ""),
]  # fmt: skip
EVENT = [
    {
        "id": event, "person_id": person, "metric_id": metric, "type": type,
        "flow_message_id": "", "campaign_id": "spring", "_variation": "b",
        "datetime": "2026-02-01 10:00:00.000", "_fivetran_deleted": "FALSE",
        "property_value": "12.50", "property_currency_code": "EUR", "property_event_id": "1001",
        "property_page": "https://shop.test/p/1?utm_source=news",
        "property_apple_privacy_open": "true" if event == "k1" else "",
    }
    for event, person, metric, type in EVENTS
]  # fmt: skip
DELETED = EVENT[0] | {"id": "k8", "_fivetran_deleted": "TRUE"}
PERSON = [
    {"id": "p1", "email": "old@example.test", "external_id": "7", "updated": "2026-01-01"},
    {"id": "p1", "email": "ada@example.test", "external_id": "7", "updated": "2026-01-09"},
    {"id": "p2", "email": "bob@example.test", "external_id": "", "updated": ""},
]
METRICS = ("Opened Email", "Received SMS", "Placed Order", "Quiz Done", "Received Email")
METRIC = [{"id": f"m{n}", "name": name} for n, name in enumerate(METRICS, 1)]
KLAVIYO = {"event": [*EVENT, DELETED], "person": PERSON, "metric": METRIC}
ACTION = {"campaign_id": "c1", "member_id": "m1", "list_id": "l1", "timestamp": "2026-02-01 10:00"}
ACTIVITY = [
    ACTION | {"action": "open", "bounce_type": "", "url": ""},
    ACTION | {"action": "click", "bounce_type": "", "url": "https://shop.test/"},
    ACTION | {"action": "bounce", "bounce_type": "soft", "url": "", "member_id": "m9"},
]
MEMBER = [
    # A member of two lists, with another address in each.
    {"id": "m1", "list_id": "l1", "email_address": "ada@example.test", "last_changed": ""},
    {"id": "m1", "list_id": "l2", "email_address": "bob@example.test", "last_changed": ""},
]
UNSUBSCRIBED = [ACTION | {"reason": "NORMAL"}]


def deliver(warehouse, tables: dict[str, list[dict]]) -> dict[str, str]:
    for table, rows in tables.items():
        warehouse.deliver(f"{table}.csv", csv_of(rows))
    return {table: f"landing/{table}.csv" for table in tables}


def load(warehouse, kind: str, tool: str, file: str, tables: dict[str, list[dict]]):
    paths = deliver(warehouse, tables)
    path = paths.pop(file)
    warehouse.source(kind, tool, path=path, tables=paths)
    [result] = warehouse.load(kind).results
    assert result.status == "loaded", result.reason
    return result


def test_events_of_e_mails_with_their_people_and_metrics(warehouse) -> None:
    result = load(warehouse, "email_events", "klaviyo_tables", "event", KLAVIYO)
    assert (result.records, result.delivered, result.loaded) == (8, 4, 3)
    columns = "event_id, event_name, email_key, customer_id, anonymous_id, campaign, is_machine"
    ada = (ADA, "7", "klaviyo:p1", "spring")
    assert warehouse.rows("email_events", columns) == [
        ("k1", "opened", *ada, True),
        ("k5", "delivered", *ada, False),
        ("k6", "clicked", *ada, False),
    ]
    assert warehouse.quarantine("email_events") == [("event_name_missing",)]


def test_text_messages_with_their_people_and_metrics(warehouse) -> None:
    load(warehouse, "interactions", "klaviyo_tables", "event", KLAVIYO)
    columns = "interaction_id, channel, event_name, direction, email_key, customer_id"
    assert warehouse.rows("interactions", columns) == [
        ("k2", "sms", "delivered", "outbound", BOB, None)
    ]


def test_all_other_metrics_with_their_people(warehouse) -> None:
    """One whose person is in no table keeps the tool's own name for them."""
    load(warehouse, "web_events", "klaviyo_tables", "event", KLAVIYO)
    columns = (
        "event_id, event_name, customer_id, email_key, anonymous_id, order_id, revenue::varchar,"
        " currency, page_path, utm_source"
    )
    assert warehouse.rows("web_events", columns) == [
        ("k3", "purchase", "7", ADA, "klaviyo:p1", "1001", "12.50", "EUR", "/p/1", "news"),
        ("k4", "quiz_done", None, None, "klaviyo:p9", None, None, "EUR", "/p/1", "news"),
    ]


def test_what_recipients_did_with_the_members_of_their_list(warehouse) -> None:
    load(warehouse, "email_events", "mailchimp_tables", "a", {"a": ACTIVITY, "member": MEMBER})
    columns = "event_name, occurred_at::varchar, email_key, anonymous_id, campaign, url"
    ten = "2026-02-01 10:00:00"
    assert warehouse.rows("email_events", columns) == [
        ("clicked", ten, ADA, "mailchimp:m1", "c1", "https://shop.test/"),
        ("deferred", ten, None, "mailchimp:m9", "c1", None),
        ("opened", ten, ADA, "mailchimp:m1", "c1", None),
    ]
    # A later table repeats what an earlier one said.
    warehouse.deliver("a.csv", csv_of([*ACTIVITY, ACTION | {"action": "open", "member_id": "m2"}]))
    warehouse.load("email_events")
    assert len(warehouse.rows("email_events")) == 4


def test_a_table_of_unsubscribes_has_no_action(warehouse) -> None:
    load(warehouse, "email_events", "mailchimp_tables", "a", {"a": UNSUBSCRIBED, "member": MEMBER})
    assert warehouse.rows("email_events", "event_name, email_key") == [("unsubscribed", ADA)]


@pytest.mark.parametrize(
    ("tables", "file", "tool", "kinds"),
    [
        (KLAVIYO, "event", "klaviyo_tables", ["email_events", "interactions", "web_events"]),
        ({"activity": ACTIVITY, "member": MEMBER}, "activity", "mailchimp_tables",
         ["email_events"]),
        ({"unsubscribe": UNSUBSCRIBED, "member": MEMBER}, "unsubscribe", "mailchimp_tables",
         ["email_events"]),
    ],
)  # fmt: skip
def test_init_finds_the_tables_beside_the_events_and_check_joins_them(
    warehouse, tables: dict, file: str, tool: str, kinds: list[str]
) -> None:
    paths = deliver(warehouse, tables)
    data = warehouse.data_dir
    found = recognise.folder(data / "landing", data, today=TODAY)
    text = recognise.settings_text(found, currency="EUR", time_zone="UTC")
    sources = tomllib.loads(text)["sources"]
    assert [source["kind"] for source in sources] == kinds
    for source in sources:
        assert (source["format"], source["path"]) == (tool, paths[file])
        assert source["tables"] == {t: path for t, path in paths.items() if t != file}
    config = data.parent / "journey.toml"
    config.write_text(text)
    settings = Settings.load(config, data)
    for result in trial.check(settings, settings.sources, rows=100, today=TODAY):
        assert result.rejected is None
        assert result.kept


def test_init_says_which_table_lies_in_no_file(warehouse) -> None:
    deliver(warehouse, {"event": EVENT, "person": PERSON})
    found = recognise.folder(warehouse.data_dir / "landing", warehouse.data_dir, today=TODAY)
    text = recognise.settings_text(found, currency="EUR", time_zone="UTC")
    assert "# has these: metric." in text
    assert "klaviyo_tables" not in [s["format"] for s in tomllib.loads(text).get("sources", ())]


@pytest.mark.parametrize(
    ("tool", "file", "tables", "rows"),
    [
        ("klaviyo", "event", ("person", "metric"), 3),
        ("mailchimp", "campaign_recipient_activity", ("member",), 17),
        ("mailchimp", "automation_recipient_activity", ("member",), 8),
        ("mailchimp", "unsubscribe", ("member",), 1),
    ],
)
def test_the_tables_that_a_connector_writes(
    warehouse, shared_data: Path, tool: str, file: str, tables: tuple[str, ...], rows: int
) -> None:
    for name in (file, *tables):
        sample = shared_data / "samples" / tool / f"{name}.csv"
        warehouse.deliver(f"{name}.csv", sample.read_bytes())
    warehouse.source(
        "email_events",
        f"{tool}_tables",
        path=f"landing/{file}.csv",
        tables={table: f"landing/{table}.csv" for table in tables},
    )
    [result] = warehouse.load("email_events").results
    assert (result.status, result.loaded, result.quarantined) == ("loaded", rows, 0)


def test_the_guide_s_own_example_gives_what_it_says(warehouse) -> None:
    page = (REPO / "docs/guides/your-data.md").read_text(encoding="utf-8")
    section = page.partition("### Several files of one delivery")[2]
    [given] = tomllib.loads(re.findall(r"```toml\n(.*?)```", section, re.DOTALL)[0])["sources"]
    warehouse.sources.append(Source(**given))
    warehouse.deliver("till_2026-02-01.csv", "receipt,sold,card,total\n9,2026-02-01,c5,12.50\n")
    warehouse.deliver("cards_2026-02-01.csv", "card,customer\nc5,77\n")
    warehouse.load("orders")
    assert warehouse.rows("orders", "order_id, customer_id") == [("9", "77")]
