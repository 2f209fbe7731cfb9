"""Each tool's format on a small delivery of its own, row by row."""

import hmac
import json
from hashlib import sha256
from pathlib import Path

import pytest

from journey.ingest.contracts import kinds, read_contract
from journey.ingest.formats import FORMATS_DIR, known_formats, read_format
from tests.ingest.conftest import EMAIL_KEY
from tests.ingest.rows import good

DATA = Path(__file__).resolve().parents[1] / "data" / "ingest"
TOOLS = [(kind, tool) for kind in kinds() for tool in known_formats(kind)[:-2]]
# Of a record in JSON any member may be missing; a table has all its columns.
RECORDS = [(kind, tool) for kind, tool in TOOLS if "json" in read_format(kind, tool).reads]


def key_of(address: str) -> str:
    return hmac.new(EMAIL_KEY.encode(), address.strip().lower().encode(), sha256).hexdigest()


ADA, BOB = key_of("ada@example.test"), key_of("bob@example.test")


def delivered(warehouse, kind: str, tool: str, name: str):
    """One hand-written file loaded, and its account."""
    warehouse.source(kind, tool)
    warehouse.deliver(f"{kind}/{name}", (DATA / name).read_bytes())
    [result] = warehouse.load(kind).results
    assert result.status == "loaded", result.reason
    return result


@pytest.mark.parametrize(("kind", "tool"), TOOLS)
def test_every_format_file_is_read_and_says_what_it_is(kind: str, tool: str) -> None:
    format = read_format(kind, tool)
    assert format.columns
    assert (FORMATS_DIR / kind / f"{tool}.sql").read_text().startswith("/*\n# ")
    wrong = set(format.required) - set(format.columns)
    assert not wrong


@pytest.mark.parametrize(("kind", "tool"), RECORDS)
def test_every_format_takes_records_that_give_nothing(warehouse, kind: str, tool: str) -> None:
    """Whatever a record lacks is nothing, never an error: it ends in quarantine by reason."""
    warehouse.source(kind, tool)
    warehouse.deliver(f"{kind}/a.jsonl", [{}, {"some_other": 1}])
    [result] = warehouse.load(kind).results
    assert result.status == "loaded", result.reason
    assert result.quarantined == result.delivered
    assert result.loaded == 0


def test_segment_events_names_and_identities(warehouse) -> None:
    result = delivered(warehouse, "web_events", "segment", "segment.jsonl")
    assert (result.delivered, result.loaded, result.quarantined) == (12, 12, 0)
    rows = warehouse.rows(
        "web_events",
        "file_row, event_name, anonymous_id, customer_id, email_key, cast(occurred_at as varchar)",
    )
    assert rows == [
        (1, "page_view", "d1", None, None, "2026-02-01 10:00:00"),
        (2, "product_view", "d1", None, None, "2026-02-01 09:01:00"),
        (3, "identify", "d1", "c1", ADA, "2026-02-01 10:02:00"),
        (4, "purchase", "d1", "c1", ADA, "2026-02-01 10:03:00"),
        (5, "refund", None, "c1", None, "2026-02-02 10:03:00"),
        (6, "experiment_viewed", "d1", None, None, "2026-02-01 10:04:00"),
        (7, "size_guide_opened_v2", "d1", None, None, "2026-02-01 10:05:00"),
        (8, "video_played", "d1", None, None, "2026-02-01 10:06:00"),
        (9, "screen_view", "d2", None, None, "2026-02-01 10:07:00"),
        (10, "search", "d2", None, None, "2026-02-01 10:08:00"),
        (11, "search", "d2", None, None, "2026-02-01 10:08:00"),
        (12, "alias", "d2", "c2", None, "2026-02-01 10:09:00"),
    ]


def test_segment_pages_campaigns_and_clicks(warehouse) -> None:
    delivered(warehouse, "web_events", "segment", "segment.jsonl")
    rows = warehouse.rows(
        "web_events",
        "page_path, referrer, utm_source, utm_medium, utm_campaign, utm_content, utm_term,"
        " click_id, device, country",
        "file_row in (1, 2, 4, 8)",
    )
    home = ("/", "https://mail.test/", "news letter", "email", "spring sale", None, None)
    view = ("/p/1", None, "google", "cpc", "brand", "ad 1", "lamp")
    assert set(rows) == {
        (*home, "gclid:abc", "mobile", "GB"),
        (*view, "fbclid:f1", "desktop", None),
        (*[None] * 8, "mobile", None),
        (*[None] * 8, "tablet", None),
    }


def test_segment_orders_money_and_experiments(warehouse) -> None:
    delivered(warehouse, "web_events", "segment", "segment.jsonl")
    rows = warehouse.rows(
        "web_events",
        "file_row, order_id, cast(revenue as varchar), currency, experiment, variant",
        "file_row in (2, 4, 5, 6)",
    )
    assert rows == [
        (2, None, None, None, None, None),
        (4, "1001", "20.00", "EUR", None, None),
        (5, "1001", "5.00", None, None, None),
        (6, None, None, None, "e1", "b"),
    ]


def test_segment_calls_without_an_id_are_told_apart_by_their_order(warehouse) -> None:
    delivered(warehouse, "web_events", "segment", "segment.jsonl")
    [(first,), (second,)] = warehouse.rows("web_events", "event_id", "file_row in (10, 11)")
    assert second == f"{first}-2"
    assert len(first) == 32


def test_segment_addresses_stay_out(warehouse) -> None:
    delivered(warehouse, "web_events", "segment", "segment.jsonl")
    [(properties,)] = warehouse.rows("web_events", "properties", "file_row = 4")
    assert json.loads(properties)["email"] == "[address]"


SPEC = {
    "Product Viewed": "product_view",
    "Product Added": "add_to_cart",
    "Product Clicked": "select_item",
    "Products Searched": "search",
    "Product List Viewed": "view_item_list",
    "Promotion Viewed": "view_promotion",
    "Promotion Clicked": "select_promotion",
    "Checkout Started": "begin_checkout",
    "Cart Viewed": "view_cart",
    "Payment Info Entered": "add_payment_info",
    "Order Completed": "purchase",
    "Order Refunded": "refund",
    "Order Tracked": "order_tracked",
    "Coupon Applied": "coupon_applied",
    "Product Added to Wishlist": "add_to_wishlist",
    "Product Shared": "share",
    "Signed In": "login",
    "Account Viewed": "account_view",
    "Newsletter Subscribed": "newsletter_subscribed",
    "order completed": "purchase",
    "order_completed": "purchase",
    "orderCompleted": "purchase",
    "3D Viewer Opened": "event_3_d_viewer_opened",
    "Añadido al Carrito": "anadido_al_carrito",
}


def test_segment_spec_names_become_the_stage_vocabulary(warehouse) -> None:
    warehouse.source("web_events", "segment")
    calls = [
        {
            "type": "track",
            "event": event,
            "messageId": event,
            "anonymousId": "d",
            "timestamp": "2026-02-01T00:00:00Z",
        }
        for event in SPEC
    ]
    warehouse.deliver("web_events/a.jsonl", calls)
    warehouse.load("web_events")
    assert dict(warehouse.rows("web_events", "event_id, event_name")) == SPEC


NAMES = {
    "商品": "商品",
    "Товар Куплен": "товар_куплен",
    "ТоварКуплен": "товар_куплен",
    "AddedToCart": "added_to_cart",
    "  Größe   gewählt! ": "große_gewahlt",
    "🎉": "unnamed",
    "🎉 Party 🎉": "party",
    "---": "unnamed",
    "3D view": "event_3_d_view",
    "ada@example.test opened": "address_opened",
}


def test_event_names_of_any_script_are_normalised_and_never_rejected(warehouse) -> None:
    warehouse.source("web_events", "segment")
    warehouse.source("web_events", name="plain")
    call = {"type": "track", "anonymousId": "d", "timestamp": "2026-02-01"}
    calls = [{**call, "event": name, "messageId": f"e{n}"} for n, name in enumerate(NAMES)]
    warehouse.deliver("web_events/a.jsonl", calls)
    rows = [good("web_events", event_id=f"e{n}", event_name=name) for n, name in enumerate(NAMES)]
    warehouse.deliver("plain/a.jsonl", rows)
    pending = warehouse.load("web_events")
    assert pending.counts()["quarantined"] == 0
    for source in ("web_events", "plain"):
        found = dict(warehouse.rows("web_events", "file_row, event_name", f"source = '{source}'"))
        assert list(found.values()) == list(NAMES.values())


def test_ga4_json_lines(warehouse) -> None:
    result = delivered(warehouse, "web_events", "ga4", "ga4.jsonl")
    assert result.loaded == 2
    rows = warehouse.rows(
        "web_events",
        "event_name, cast(occurred_at as varchar), cast(received_at as varchar), anonymous_id,"
        " customer_id, page_path, utm_source, utm_medium, click_id, device, country, order_id,"
        " cast(revenue as varchar), currency",
    )
    assert rows == [
        ("purchase", "2026-02-01 10:00:00", None, "1.2", "c1", "/done", "google", "cpc",
         "gclid:g1", "desktop", None, "T1", "25.50", "USD"),
        ("sign_up", "2026-02-01 10:00:01", "2026-02-01 10:00:01.5", "1.2", None, None, None, None,
         None, None, "Israel", None, None, None),
    ]  # fmt: skip
    [(properties,)] = warehouse.rows("web_events", "properties", "event_name = 'purchase'")
    assert json.loads(properties) == {"currency": "USD", "value": "30"}


def test_equal_ga4_rows_are_facts_of_their_own(warehouse) -> None:
    """Without ids, two equal rows of one file are two events; the next export repeats them."""
    warehouse.source("web_events", "ga4")
    row = json.loads((DATA / "ga4.jsonl").read_text().splitlines()[0])
    other = {**row, "event_name": "scroll"}
    warehouse.deliver("web_events/a.jsonl", [row, row, other])
    warehouse.deliver("web_events/b.jsonl", [other, row, row, row])
    first, second = warehouse.load("web_events").results
    assert (first.loaded, first.duplicate) == (3, 0)
    assert (second.loaded, second.duplicate) == (1, 3)
    assert len(set(warehouse.rows("web_events", "event_id"))) == 4


def test_ga4_refuses_a_parquet_file_that_is_not_its_export(warehouse) -> None:
    warehouse.source("web_events", "ga4")
    path = warehouse.deliver("web_events/a.parquet", b"")
    warehouse.query(f"copy (select 1 as event_name) to '{path}' (format parquet)")
    [refused] = warehouse.load("web_events").refused
    assert refused.reason == (
        "landing/web_events/a.parquet: it has no column event_timestamp, event_params, "
        "user_pseudo_id; expected are event_timestamp, event_name, event_params, user_pseudo_id"
    )


def test_sendgrid_events(warehouse) -> None:
    result = delivered(warehouse, "email_events", "sendgrid", "sendgrid.json")
    assert (result.delivered, result.loaded, result.quarantined) == (14, 13, 1)
    assert result.quarantine_reasons == {"event_name_unknown": 1}
    rows = warehouse.rows("email_events", "file_row, event_name, is_machine, campaign, email_key")
    assert [row[:4] for row in rows] == [
        (1, "sent", False, "cat facts"),
        (2, "delivered", False, "welcome"),
        (3, "deferred", False, None),
        (4, "dropped", False, None),
        (5, "bounced", False, None),
        (6, "opened", True, None),
        (7, "opened", False, None),
        (8, "clicked", False, "spring"),
        (9, "complained", False, None),
        (10, "unsubscribed", False, None),
        (11, "unsubscribed", False, None),
        (12, "resubscribed", False, None),
        (13, "sent", False, "one"),
    ]
    assert {row[4] for row in rows} == {ADA}


def test_sendgrid_times_ids_and_links(warehouse) -> None:
    delivered(warehouse, "email_events", "sendgrid", "sendgrid.json")
    rows = warehouse.rows(
        "email_events",
        "event_id, cast(occurred_at as varchar), customer_id, url, experiment, variant",
        "file_row in (1, 8)",
    )
    assert rows == [
        ("s1", "2026-02-01 10:00:00", None, None, None, None),
        ("s8", "2026-02-01 10:00:07", "c1", "https://shop.test/?e=[address]", "13471", "B"),
    ]
    [(hashed,)] = warehouse.rows("email_events", "event_id", "file_row = 13")
    assert len(hashed) == 32


@pytest.mark.parametrize("times", ["10000000000000000000", "-5", "1e30", "soon", "NaN"])
def test_sendgrid_times_that_are_none(warehouse, times: str) -> None:
    warehouse.source("email_events", "sendgrid")
    event = {"email": "a@example.test", "event": "open", "sg_event_id": "1", "timestamp": times}
    warehouse.deliver("email_events/a.jsonl", [event])
    warehouse.load("email_events")
    assert warehouse.quarantine("email_events", "reason, value") == [
        ("occurred_at_not_a_timestamp", times)
    ]


def test_shopify_orders(warehouse) -> None:
    result = delivered(warehouse, "orders", "shopify", "shopify_orders.json")
    assert (result.delivered, result.loaded) == (4, 4)
    rows = warehouse.rows(
        "orders",
        "order_id, cast(ordered_at as varchar), customer_id, email_key, status,"
        " cast(net_amount as varchar), cast(total_amount as varchar),"
        " cast(shipping_amount as varchar), currency, coupon, cast(cancelled_at as varchar),"
        " is_test",
    )
    assert rows == [
        ("1", "2026-02-01 16:59:00", "71", ADA, "paid", "90.00", "113.00", "5.00", "GBP",
         "SAVE10", None, False),
        # 120 with taxes; 21 in all, 1 of it the shipping's.
        ("2", "2026-02-01 13:00:00", None, BOB, "fulfilled", "100.00", "126.00", "6.00", "GBP",
         None, None, False),
        ("3", "2026-02-01 14:00:00", "72", None, "voided", "1.00", "1.00", None, "EUR",
         None, "2026-02-02 00:00:00", True),
        ("4", "2026-02-01 15:00:00", "73", None, "pending", "2.00", None, "3.50", "GBP",
         None, None, False),
    ]  # fmt: skip


REFUNDS = [
    ("21", "2", "2026-02-03 09:00:00", "21.50", "GBP"),
    ("22", "2", "2026-02-04 08:00:00", "0.00", "GBP"),
    ("23", "2", "2026-02-05 09:00:00", "0.00", "GBP"),
]
REFUND_COLUMNS = (
    "refund_id, order_id, cast(refunded_at as varchar), cast(amount as varchar), currency"
)


def test_shopify_refunds_ride_in_orders(warehouse) -> None:
    result = delivered(warehouse, "refunds", "shopify", "shopify_orders.json")
    assert (result.records, result.delivered, result.loaded) == (4, 4, 3)
    assert warehouse.rows("refunds", REFUND_COLUMNS) == REFUNDS
    assert warehouse.quarantine("refunds", "reason, value, file_row") == [
        ("amount_not_a_number", "?", 2)
    ]


def test_shopify_refunds_come_by_themselves_too(warehouse) -> None:
    warehouse.source("refunds", "shopify")
    order = json.loads((DATA / "shopify_orders.json").read_text())["orders"][1]
    refunds = [{**refund, "order_id": 2, "currency": "GBP"} for refund in order["refunds"][:3]]
    warehouse.deliver("refunds/a.json", json.dumps({"refunds": refunds[:2]}))
    warehouse.deliver("refunds/b.json", json.dumps({"refund": refunds[2]}))
    warehouse.load("refunds")
    assert warehouse.rows("refunds", REFUND_COLUMNS) == REFUNDS


def wrapped(orders: list[dict], layout: str) -> str:
    return {
        "pretty": lambda: json.dumps({"orders": orders}, indent=2),
        "one line": lambda: json.dumps({"orders": orders}),
        "array": lambda: json.dumps(orders),
        "pretty array": lambda: json.dumps(orders, indent=4),
        "row a line": lambda: "[\n" + ",\n".join(map(json.dumps, orders)) + "\n]\n",
        "lines": lambda: "".join(json.dumps(order) + "\n" for order in orders),
        "pages": lambda: "".join(
            json.dumps({"orders": orders[n : n + 2]}) + "\n" for n in range(0, len(orders), 2)
        ),
        "posts": lambda: "".join(json.dumps([order]) + "\n\n" for order in orders),
        "bom": lambda: "\ufeff" + json.dumps({"orders": orders}, indent=2),
    }[layout]()


@pytest.mark.parametrize(
    "layout",
    ["pretty", "one line", "array", "pretty array", "row a line", "lines", "pages", "posts", "bom"],
)
@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_json_may_be_laid_out_in_any_way(warehouse, layout: str, suffix: str) -> None:
    orders = json.loads((DATA / "shopify_orders.json").read_text())["orders"]
    warehouse.source("orders", "shopify")
    warehouse.deliver(f"orders/a{suffix}", wrapped(orders, layout))
    [result] = warehouse.load("orders").results
    assert result.reason is None
    assert (result.delivered, result.loaded) == (4, 4)
    assert warehouse.rows("orders", "order_id") == [("1",), ("2",), ("3",), ("4",)]


@pytest.mark.parametrize("orders", ['{"orders": []}', "[]"])
def test_a_quiet_day_is_a_delivery_without_rows(warehouse, orders: str) -> None:
    warehouse.source("orders", "shopify")
    warehouse.deliver("orders/a.json", orders)
    [result] = warehouse.load("orders").results
    assert (result.status, result.delivered) == ("loaded", 0)
    assert warehouse.prepare("orders").results == []


@pytest.mark.parametrize("cut", [0.3, 0.9, 0.999])
@pytest.mark.parametrize("layout", ["pretty", "one line", "array", "row a line"])
def test_a_document_that_breaks_off_is_refused(warehouse, layout: str, cut: float) -> None:
    orders = json.loads((DATA / "shopify_orders.json").read_text())["orders"]
    text = wrapped(orders * 5, layout).rstrip()
    warehouse.source("orders", "shopify")
    warehouse.deliver("orders/a.json", text[: int(len(text) * cut)])
    [result] = warehouse.load("orders").results
    assert result.reason == ("landing/orders/a.json: it is not whole JSON; deliver it again, whole")
    assert warehouse.rows("orders") == []


def test_the_key_of_an_address_is_python_s_hmac(warehouse) -> None:
    assert read_contract("orders").column("email_key").address_name == "email"
    warehouse.source("orders")
    addresses = ["ada@example.test", " ADA@Example.test", "ö.ä@exämple.test", "x" * 300 + "@y.test"]
    warehouse.deliver(
        "orders/a.jsonl",
        [
            {
                "order_id": str(number),
                "ordered_at": "2026-02-01",
                "net_amount": 1,
                "currency": "GBP",
                "email": address,
            }
            for number, address in enumerate(addresses, 1)
        ],
    )
    warehouse.load("orders")
    found = dict(warehouse.rows("orders", "order_id, email_key"))
    assert found == {str(number): key_of(given) for number, given in enumerate(addresses, 1)}
