"""Every row that was not broken on purpose is a whole row of its tool's format."""

import json
from datetime import date

import pytest

WEB_TYPES = {"page", "track", "identify"}
MAIL_EVENTS = {
    "processed", "delivered", "deferred", "dropped", "bounce", "open", "click", "unsubscribe",
    "spamreport",
}  # fmt: skip


def sound(delivered):
    return [item for item in delivered if item.fault is None]


def test_web_events_are_segment_calls(rows):
    calls = sound(rows["site"])
    assert {item.row["type"] for item in calls} == WEB_TYPES
    for item in calls:
        row = item.row
        assert row["messageId"]
        assert row["anonymousId"]
        assert row["receivedAt"] >= row["timestamp"]
        page = row["context"]["page"]
        assert page["url"].startswith(f"https://shop.example{page['path']}")
        assert row["context"]["userAgent"]
        assert ("properties" in row) != ("traits" in row)


def test_tagged_landing_pages_say_so_twice(rows):
    tagged = [item.row for item in sound(rows["site"]) if "campaign" in item.row["context"]]
    assert tagged
    for row in tagged:
        campaign = row["context"]["campaign"]
        assert f"utm_source={campaign['source']}&" in row["context"]["page"]["url"]
        assert f"utm_campaign={campaign['name']}" in row["context"]["page"]["url"]
    assert {row["context"]["campaign"]["medium"] for row in tagged} >= {"cpc", "email"}
    assert any("gclid=" in row["context"]["page"]["url"] for row in tagged)


def test_purchases_on_the_web_are_orders_of_the_shop(rows):
    orders = {item.key: item for item in sound(rows["shop"])}
    purchases = [item for item in sound(rows["site"]) if item.row.get("event") == "Order Completed"]
    assert purchases
    for item in purchases:
        order = orders[item.row["properties"]["order_id"]]
        assert float(order.row["subtotal_price"]) == item.row["properties"]["revenue"]
        assert abs((item.instant - order.instant).total_seconds()) < 1


def test_mail_events_are_webhook_events(rows):
    mails = sound(rows["mail"])
    assert {item.row["event"] for item in mails} == MAIL_EVENTS
    assert any(item.row.get("sg_machine_open") for item in mails)
    assert {item.row.get("variant") for item in mails} == {None, "control", "question"}
    for item in mails:
        assert item.row["email"].endswith(("@example.com", "@example.net"))
        assert (item.row["event"] == "click") == ("url" in item.row)


def pence(text: str) -> int:
    return round(float(text) * 100)


def test_orders_add_up(rows):
    for item in sound(rows["shop"]):
        row = item.row
        goods = sum(pence(line["price"]) * line["quantity"] for line in row["line_items"])
        net = goods - pence(row["total_discounts"])
        shipping = sum(pence(line["price"]) for line in row["shipping_lines"])
        assert net == pence(row["subtotal_price"])
        assert net + shipping + pence(row["total_tax"]) == pence(row["total_price"])
        for refund in row["refunds"]:
            amount = sum(pence(each["amount"]) for each in refund["transactions"])
            assert 0 < amount <= pence(row["total_price"])
            is_whole = amount == pence(row["total_price"])
            assert is_whole == (row["financial_status"] == "refunded")


def test_the_shop_sells_in_two_currencies_and_tests_its_checkout(rows):
    placed = [item.row for item in sound(rows["shop"])]
    assert {row["currency"] for row in placed} == {"GBP", "EUR"}
    assert {row["test"] for row in placed} == {True, False}
    assert {row["source_name"] for row in placed} == {"web", "pos"}
    assert any(row["customer"] is None and not row["test"] for row in placed)
    assert any(row["cancelled_at"] for row in placed)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("feedback", "feedback_id,occurred_at,kind,score,customer_id,email,anonymous_id,order_id,"
                     "topic"),
        ("referrals", "referral_id,occurred_at,referrer_customer_id,referred_email,"
                      "referred_customer_id"),
        ("support", "ticket_id,opened_at,closed_at,customer_id,email,topic,channel"),
        ("customers", "customer_id,updated_at,email,created_at,country,birth_year,"
                      "marketing_consent"),
        ("ad_spend", "spend_date,channel,campaign,amount,currency,impressions,clicks"),
    ],
)  # fmt: skip
def test_csv_files_have_their_header(landing, rows, name, header):
    for path in landing.glob(f"{name}/*.csv"):
        assert path.read_text().split("\n", 1)[0] == header
    assert sound(rows[name])


def test_rows_are_delivered_on_their_day_or_up_to_three_days_later(rows):
    for name, delivered in rows.items():
        firsts: dict[str, date] = {}
        for item in sound(delivered):
            firsts.setdefault(item.key, item.file_date)
            if firsts[item.key] == item.file_date and name != "customers":
                assert 0 <= (item.file_date - item.instant.date()).days <= 3


def test_truth_names_every_file(landing):
    truth = json.loads((landing / "ground_truth.json").read_text())
    named = {
        path for pattern in truth["files"] for path in landing.glob(pattern.replace("{date}", "*"))
    }
    assert named == {path for path in landing.rglob("*.*") if path.name != "ground_truth.json"}
