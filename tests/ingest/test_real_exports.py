"""Exports that no one here wrote: GA4's public days, UCI's order lines, the tools' own examples.

They are not part of this repository; without them these tests are skipped, saying so.
"""

import json

import pytest

from tests.ingest.uci import UCI


def test_three_days_of_ga4(warehouse, shared_data) -> None:
    path = f"{shared_data}/ga4/events_{{date:%Y%m%d}}.parquet"
    warehouse.source("web_events", "ga4", path=path)
    pending = warehouse.load("web_events")
    assert pending.counts() == {
        "files": 3,
        "rejected_files": 0,
        "delivered": 70_438,
        "loaded": 70_438,
        "duplicate": 0,
        "restated": 0,
        "quarantined": 0,
    }
    assert [r.file_name for r in pending.results] == [
        f"events_2021010{day}.parquet" for day in (1, 2, 3)
    ]
    assert warehouse.rows("web_events", "count(distinct anonymous_id), count(distinct event_id)"
                          ", count(customer_id)") == [(7_111, 70_438, 0)]  # fmt: skip
    days = warehouse.rows("web_events", "event_date::varchar, count(*)", "true group by all")
    assert [day for day, _ in days] == ["2021-01-01", "2021-01-02", "2021-01-03"]
    kinds = dict(warehouse.rows("web_events", "event_name, count(*)", "true group by all"))
    assert kinds["page_view"] == 25_168
    assert kinds["add_to_cart"] == 828
    assert warehouse.rows(
        "web_events",
        "count(*), count_if(order_id is null), sum(revenue)::varchar, count(currency)",
        "event_name = 'purchase'",
    ) == warehouse.query(
        f"""select count(*), count_if(ecommerce.transaction_id = '(not set)'),
            sum(ecommerce.purchase_revenue::decimal(18, 2))::varchar,
            count_if(len(list_filter(event_params, lambda p: p.key = 'currency')) > 0)
        from read_parquet('{shared_data}/ga4/*.parquet') where event_name = 'purchase'"""
    )
    # The public sample keeps the names of click ids and takes their values away.
    assert warehouse.rows("web_events", "count(click_id)") == [(0,)]


def test_the_same_ga4_day_exported_again_repeats_every_event(warehouse, shared_data) -> None:
    warehouse.source("web_events", "ga4", path="landing/events_{date:%Y%m%d}*.parquet")
    day = (shared_data / "ga4" / "events_20210101.parquet").read_bytes()
    path = warehouse.deliver("events_20210101.parquet", day)
    first = warehouse.load("web_events").counts()
    again = warehouse.deliver("events_20210101_again.parquet", b"")
    warehouse.query(
        f"copy (from '{path}' order by event_timestamp desc) to '{again}' (format parquet)"
    )
    second = warehouse.load("web_events").counts()
    assert second["duplicate"] == second["delivered"] == first["loaded"]


def test_uci_order_lines_become_orders(warehouse, shared_data) -> None:
    [file] = (shared_data / "online_retail").glob("*.parquet")
    warehouse.source("orders", "mapped", name="uci", path=str(file), **UCI)
    counts = warehouse.load("orders").counts()
    assert counts["delivered"] == counts["loaded"] == 18_532
    assert warehouse.rows("orders", "count(distinct customer_id), sum(net_amount)::varchar") == [
        (4_338, "8911407.90")
    ]


def test_uci_order_lines_as_csv_become_the_same_orders(warehouse, shared_data) -> None:
    [file] = (shared_data / "online_retail").glob("*.parquet")
    warehouse.source("orders", "mapped", name="uci", path="landing/*.csv.gz", **UCI)
    path = warehouse.deliver("uci.csv.gz", b"")
    warehouse.query(f"copy (from '{file}') to '{path}' (format csv)")
    counts = warehouse.load("orders").counts()
    assert counts["delivered"] == counts["loaded"] == 18_532


SAMPLES = [
    ("web_events", "segment", "segment", "common_01_structure.json", 1),
    ("web_events", "segment", "segment", "identify_02_example.json", 1),
    ("web_events", "segment", "segment", "page_02_example.json", 1),
    ("web_events", "segment", "segment", "track_02_example.json", 1),
    # Snippets of the documentation without an id or a time.
    ("web_events", "segment", "segment", "track_01_.json", 0),
    ("web_events", "segment", "segment", "page_01_.json", 0),
    ("email_events", "sendgrid", "sendgrid", "event_02_delivery_events.json", 1),
    ("email_events", "sendgrid", "sendgrid", "event_14_json_objects.json", 2),
    ("email_events", "sendgrid", "sendgrid", "event_15_json_objects.json", 2),
    ("email_events", "sendgrid", "sendgrid", "event_22_example_event_from_a_single_send_.json", 1),
    ("email_events", "sendgrid", "sendgrid", "event_24_example_event_from_an_a_b_test_.json", 1),
    ("email_events", "sendgrid", "sendgrid", "event_28_click.json", 1),
    ("email_events", "sendgrid", "sendgrid", "event_21_custom_arguments.json", 0),
    ("orders", "shopify", "shopify_json", "orders.json", 1),
    ("orders", "shopify", "shopify_json", "order.json", 1),
    ("refunds", "shopify", "shopify_json", "refund.json", 1),
]


@pytest.mark.parametrize(("kind", "tool", "folder", "name", "rows"), SAMPLES)
def test_the_tools_own_examples(warehouse, shared_data, kind, tool, folder, name, rows) -> None:
    warehouse.source(kind, tool)
    warehouse.deliver(f"{kind}/{name}", (shared_data / "samples" / folder / name).read_bytes())
    [result] = warehouse.load(kind).results
    assert result.reason is None
    assert result.loaded == rows
    assert result.quarantined == result.delivered - rows


def test_every_event_of_sendgrid_s_list_is_known(warehouse, shared_data) -> None:
    """The documentation gives all its examples one id; here each has its own."""
    text = (shared_data / "samples/sendgrid/event_01_events.json").read_text()
    events = [{**e, "sg_event_id": str(n)} for n, e in enumerate(json.loads(text))]
    warehouse.source("email_events", "sendgrid")
    warehouse.deliver("email_events/a.json", json.dumps(events))
    [result] = warehouse.load("email_events").results
    assert (result.loaded, result.quarantined) == (11, 0)


def test_shopify_s_example_order(warehouse, shared_data) -> None:
    warehouse.source("orders", "shopify")
    name = "samples/shopify_json/orders.json"
    warehouse.deliver("orders/a.json", (shared_data / name).read_bytes())
    warehouse.load("orders")
    columns = "order_id, ordered_at::varchar, status, net_amount::varchar, total_amount::varchar"
    assert warehouse.rows("orders", columns) == [
        ("450789469", "2008-01-10 16:00:00", "paid", "597.00", "598.94")
    ]
