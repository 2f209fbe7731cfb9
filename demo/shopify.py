"""Orders as the shop system's daily export: everything that was placed or changed that day.

Here: names and shape of Shopify's orders JSON. Not here: which orders there are (orders).

An order that is cancelled or refunded on a later day is exported again on that day, whole, and
its refund rides in it.
"""

import numpy as np
import pyarrow as pa

from demo.catalogue import COUNTRIES, products
from demo.defects import (
    BAD_AMOUNT,
    BAD_TIME,
    NO_IDENTITY,
    delivered_at_once,
    with_later_versions,
)
from demo.draws import Columns, mixed, taken
from demo.orders import CANCELLED, FAILED, LINES, TEST, Orders
from demo.people import BY_ACCOUNT, People
from demo.window import Window
from demo.writers import Feed, coded, looked_up, stamps

PATTERN = "shopify/orders_{date}.json"
STAFF = "qa.team@example.net"


def money(column: str) -> str:
    """SQL: pence as Shopify's text of pounds."""
    return f"printf('%d.%02d', {column} // 100, {column} % 100)"


def instant(column: str) -> str:
    """SQL: an instant as Shopify writes it."""
    return f"strftime({column}, '%Y-%m-%dT%H:%M:%S+00:00')"


def line_item(line: int) -> str:
    """SQL: one line of the basket, or nothing."""
    separator = "','," if line else ""
    return f"""case when quantity_{line} > 0 then concat(
        {separator} '{{"id":', order_id * 10 + {line}, ',"product_id":', 1000 + product_{line},
        ',"sku":"', sku_{line}, '","title":"', title_{line}, '","quantity":', quantity_{line},
        ',"price":"', {money(f"price_{line}")}, '"}}') else '' end"""


REFUND = f"""concat(
    '{{"id":', order_id + 3000000000000, ',"order_id":', order_id,
    ',"created_at":"', {instant("changed_at")}, '","note":"', note,
    '","refund_line_items":[{{"id":', order_id * 10 + 9, ',"quantity":1,"line_item_id":',
    order_id * 10, '}}],"transactions":[{{"id":', order_id + 4000000000000,
    ',"order_id":', order_id, ',"kind":"refund","status":"success","amount":"', {money("refund")},
    '","currency":"', currency, '","created_at":"', {instant("changed_at")}, '"}}]}}')"""

LINE = f"""concat(
    '{{"id":', order_id, ',"name":"#', order_number, '","order_number":', order_number,
    ',"created_at":"',
    case when fault = {BAD_TIME} then '31/02/2026 25:10' else {instant("moment")} end,
    '","updated_at":"', {instant("updated_at")}, '","cancelled_at":',
    case when is_cancelled then concat('"', {instant("changed_at")}, '","cancel_reason":"customer"')
        else 'null,"cancel_reason":null' end,
    ',"test":', is_test, ',"email":',
    case when fault = {NO_IDENTITY} then 'null' else concat('"', email, '"') end,
    ',"currency":"', currency, '","financial_status":"', financial_status,
    '","fulfillment_status":', fulfillment_status, ',"source_name":"', source_name,
    '","taxes_included":false,"total_line_items_price":"', {money("goods")},
    '","total_discounts":"', {money("discount")}, '","subtotal_price":',
    case when fault = {BAD_AMOUNT} then '"n/a"' else concat('"', {money("net")}, '"') end,
    ',"total_tax":"', {money("tax")}, '","total_price":"', {money("total")},
    '","shipping_lines":[', case when shipping > 0 then concat(
        '{{"title":"Standard","price":"', {money("shipping")}, '"}}') else '' end,
    '],"discount_codes":[', case when percent > 0 then concat(
        '{{"code":"SAVE', percent, '","amount":"', {money("discount")},
        '","type":"percentage"}}') else '' end,
    '],"customer":', case when customer_id is null or fault = {NO_IDENTITY} then 'null'
        else concat('{{"id":', customer_id, ',"email":"', email, '","currency":"', currency, '"}}')
        end,
    ',"shipping_address":{{"country_code":"', country, '"}},"line_items":[',
    {", ".join(line_item(line) for line in range(LINES))},
    '],"refunds":[', case when is_refunded then {REFUND} else '' end, ']}}')"""


def exported(orders: Orders, window: Window) -> Columns:
    """One row an export of an order."""
    rows = delivered_at_once(orders.rows, window, orders.ids)
    changed_on = window.day_of(orders["changed_at"])
    rows = with_later_versions(rows, window, orders["changed_at"] > 0, changed_on)
    # A change on the day itself is in the first export already.
    same_day = window.day_of(rows["changed_at"]) <= rows["delivered"]
    rows["is_changed"] = (rows["changed_at"] > 0) & ((rows["version"] > 0) | same_day)
    return rows


def shopify_feed(people: People, seed: int) -> Feed:
    """The feed of orders and of the refunds in them."""
    shop = products()
    customers = people.customer_ids

    def arranged(rows: Columns) -> pa.Table:
        person, outcome, is_changed = rows["person"], rows["outcome"], rows["is_changed"]
        is_staff = person < 0
        has_account = (people.identity == BY_ACCOUNT)[person] & ~is_staff
        # A broken row must not share its key with a sound one.
        order_id = np.where(rows["id"] < 0, 5_399_000_000_000 - rows["id"], rows["id"])
        is_refunded = is_changed & (outcome != FAILED) & (rows["fault"] == 0)
        status = np.where(is_refunded, np.where(rows["is_part_refund"], 1, 2), 0)
        status = np.where(outcome == FAILED, 3, status)
        # Sent only after its first export, an order that changes later is another one then.
        fulfilled = rows["is_fulfilled_soon"] & ~rows["has_versions"] | (rows["version"] > 0)
        fulfilled &= (outcome != FAILED) & (outcome != CANCELLED)
        updated = np.where(is_changed, rows["changed_at"], rows["at"])
        columns = {
            "fault": rows["fault"],
            "order_id": order_id,
            "order_number": 1001 + mixed(order_id, seed, salt=5) % np.uint64(9_000_000),
            "moment": stamps(rows["at"]),
            "changed_at": stamps(rows["changed_at"]),
            "updated_at": stamps(updated),
            "is_cancelled": is_changed & (outcome == CANCELLED),
            "is_refunded": is_refunded,
            "is_test": coded((outcome == TEST).astype(int), ["false", "true"]),
            "email": pa.compute.fill_null(looked_up(people.emails, person, ~is_staff), STAFF),
            "customer_id": pa.array(customers[person], mask=~has_account),
            "currency": coded(rows["is_euro"].astype(int), ["GBP", "EUR"]),
            "financial_status": coded(status, ["paid", "partially_refunded", "refunded", "voided"]),
            "fulfillment_status": coded(fulfilled.astype(int), ["null", '"fulfilled"']),
            "source_name": coded(rows["is_in_store"].astype(int), ["web", "pos"]),
            "country": coded(np.where(is_staff, 0, people.country[person]), list(COUNTRIES)),
            "note": coded(
                rows["is_part_refund"].astype(int), ["returned", "one piece arrived damaged"]
            ),
            **{
                name: rows[name]
                for name in ("goods", "discount", "net", "tax", "shipping", "percent", "refund")
            },
            "total": rows["total"],
        }
        for line in range(LINES):
            product = rows[f"product_{line}"]
            columns[f"product_{line}"] = product
            columns[f"quantity_{line}"] = rows[f"quantity_{line}"]
            columns[f"price_{line}"] = shop.prices[product]
            columns[f"sku_{line}"] = coded(product, [slug.upper() for slug in shop.slugs])
            columns[f"title_{line}"] = coded(product, shop.names)
        return pa.table(columns)

    return Feed(
        "shop", PATTERN, LINE, arranged, before='{"orders":[\n', between=",\n", after="\n]}\n"
    )


def refunds_delivered(rows: Columns) -> Columns:
    """The refunds that ride in exported rows, one row each."""
    rides = rows["is_changed"] & (rows["outcome"] != FAILED) & (rows["fault"] == 0)
    return taken(rows, rides)
