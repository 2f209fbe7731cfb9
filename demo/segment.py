"""Web events as the JSON lines that Segment delivers.

Here: names and shape of the Segment spec (page, track, identify; e-commerce v2). Not here: which
events happen (web).
"""

import json

import duckdb
import numpy as np
import pyarrow as pa

from demo.catalogue import (
    COUNTRIES,
    LANDINGS,
    LOCALES,
    PAYMENT_DOMAIN,
    SITE,
    USER_AGENTS,
    Landing,
    products,
)
from demo.defects import BAD_TIME, NO_IDENTITY, NO_NAME
from demo.draws import Columns, mixed
from demo.orders import Orders
from demo.people import People
from demo.web import (
    ACCOUNT,
    ADDED,
    CART,
    CHECKOUT,
    COUPON,
    KNOWN_BY_ACCOUNT,
    KNOWN_BY_EMAIL,
    LISTED,
    NAMELESS,
    ORDERED,
    PAGE,
    PAYMENT,
    PROMOTED,
    SEARCHED,
    SHARED,
    SIGNED_IN,
    SIGNED_UP,
    SUBSCRIBED,
    TRACKED,
    VIEWED,
    WISHED,
    site_pages,
)
from demo.writers import Feed, coded, looked_up, stamps

PATTERN = "segment/events_{date}.jsonl"
EXPERIMENT = "one_page_checkout"
VARIANTS = ("control", "one_page")
TRACK_NAMES = {
    LISTED: "Product List Viewed",
    PROMOTED: "Promotion Viewed",
    SEARCHED: "Products Searched",
    VIEWED: "Product Viewed",
    ADDED: "Product Added",
    CART: "Cart Viewed",
    WISHED: "Product Added to Wishlist",
    CHECKOUT: "Checkout Started",
    PAYMENT: "Payment Info Entered",
    COUPON: "Coupon Applied",
    ORDERED: "Order Completed",
    SIGNED_UP: "Signed Up",
    SUBSCRIBED: "Newsletter Subscribed",
    SIGNED_IN: "Signed In",
    SHARED: "Product Shared",
    ACCOUNT: "Account Viewed",
    TRACKED: "Order Tracked",
}
SEARCHES = ("lamp", "oak desk", "linen throw", "stool", "planter", "small rug")

LINE = f"""concat(
    head, ',"messageId":"ajs-', lower(to_hex(message)), '"',
    case when device is not null and fault <> {NO_IDENTITY}
        then concat(',"anonymousId":"', lower(to_hex(device)), '"') else '' end,
    case when user_id is not null and fault <> {NO_IDENTITY}
        then concat(',"userId":"', user_id, '"') else '' end,
    ',"timestamp":"',
    case when fault = {BAD_TIME} then '2026-13-45T25:61:00.000Z'
        else strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ') end,
    '","receivedAt":"', strftime(received, '%Y-%m-%dT%H:%M:%S.%gZ'),
    '","context":{{"page":{{"path":"', path, '","url":"{SITE}', path, query,
    case when has_click_id then '&gclid=Cj0' || to_hex(message) else '' end,
    '","referrer":"', referrer, '"}}', campaign, ',"userAgent":"', user_agent, '",', place,
    '}},',
    case
        when order_properties is not null and version > 0
            then concat(rtrim(order_properties, '}}'), ',"corrected":true}}')
        when order_properties is not null then order_properties
        when email is not null and fault <> {NO_IDENTITY}
            then concat('"traits":{{"email":"', email, '","firstName":"', first_name, '"}}')
        else properties
    end,
    '}}')"""


def segment_feed(people: People, orders: Orders, campaigns: list[str], seed: int) -> Feed:
    """The feed of web events."""
    return Feed("site", PATTERN, LINE, Lookups(people, orders, campaigns, seed).table)


class Lookups:
    """The few strings that many events share, made once; a slice refers to them by number."""

    def __init__(self, people: People, orders: Orders, campaigns: list[str], seed: int):
        self.people, self.seed = people, seed
        self.pages, self.products = site_pages(), products()
        self.heads = [head(code) for code in range(NAMELESS + 1)]
        self.landings = [*LANDINGS, *(mail_landing(name) for name in campaigns[1:])]
        self.order_properties = order_properties(orders)
        self.places = [
            f'"locale":"{locale}","location":{{"country":"{country}"}}'
            for locale, country in zip(LOCALES, COUNTRIES, strict=True)
        ]
        self.referrers = [landing.referrer for landing in self.landings]
        self.referrers.append(f"https://{PAYMENT_DOMAIN}/")
        self.referrers += [SITE + path for path in self.pages.paths]
        self.queries = ["", *(landing.query for landing in self.landings)]
        self.contexts = ["", *(landing.context for landing in self.landings)]
        self.has_click_id = np.array([False, *(item.has_click_id for item in self.landings)])
        self.properties = self.all_properties()

    def all_properties(self) -> list[str]:
        """`properties` members: one a page, one a product, one a search, then the rest."""
        shop, pages = self.products, self.pages
        texts = [
            f'"name":{json.dumps(title)},"properties":'
            + compact({"title": f"{title} | Shop", "path": path})
            for title, path in zip(pages.titles, pages.paths, strict=True)
        ]
        self.first_product = len(texts)
        texts += [
            '"properties":'
            + compact(
                {
                    "product_id": f"P{number:04d}",
                    "name": shop.names[number],
                    "category": shop.categories[number],
                    "price": int(shop.prices[number]) / 100,
                    "currency": "GBP",
                }
            )
            for number in range(len(shop.slugs))
        ]
        self.first_search = len(texts)
        texts += ['"properties":' + compact({"query": query}) for query in SEARCHES]
        self.first_checkout = len(texts)
        for variant in VARIANTS:
            members = {"currency": "GBP", "experiment": EXPERIMENT, "variant": variant}
            texts.append('"properties":' + compact(members))
        self.nothing = len(texts)
        texts.append('"properties":{}')
        return texts

    def property_numbers(self, rows: Columns) -> np.ndarray:
        """Which of the texts each event has."""
        code, path, product = rows["code"], rows["path"], rows["product"]
        variant = self.people.variant[rows["person"]].astype(np.int32)
        number = np.full(len(code), self.nothing)
        number = np.where(code == PAGE, path, number)
        of_product = np.isin(code, (VIEWED, ADDED, WISHED, SHARED))
        number = np.where(of_product, self.first_product + product, number)
        search = self.first_search + product % len(SEARCHES)
        number = np.where(code == SEARCHED, search, number)
        return np.where(code == CHECKOUT, self.first_checkout + variant - 1, number)

    def table(self, rows: Columns) -> pa.Table:
        """One day's events with their strings."""
        people, person, code, order = self.people, rows["person"], rows["code"], rows["order"]
        landing, previous = rows["landing"].astype(np.int32), rows["previous"].astype(np.int32)
        payment = len(self.landings)
        inner = np.where(previous == -2, payment, payment + 1 + previous)
        is_call = (code == KNOWN_BY_ACCOUNT) | (code == KNOWN_BY_EMAIL)
        country = np.where(person < 0, len(COUNTRIES) - 1, people.country[person])
        named = np.where(rows["fault"] == NO_NAME, NAMELESS, code)
        return pa.table(
            {
                "fault": rows["fault"],
                "head": coded(named, self.heads),
                "message": mixed(rows["id"], self.seed, salt=1),
                "device": mixed(rows["device"], self.seed, salt=2),
                "user_id": pa.array(people.customer_ids[person], mask=~rows["is_known"]),
                "moment": stamps(rows["at"]),
                "received": stamps(rows["received"]),
                "path": coded(rows["path"], self.pages.paths),
                "query": coded(landing + 1, self.queries),
                "campaign": coded(landing + 1, self.contexts),
                "has_click_id": self.has_click_id[landing + 1],
                "referrer": coded(np.where(landing >= 0, landing, inner), self.referrers),
                "user_agent": coded(rows["browser"], list(USER_AGENTS)),
                "place": coded(country, self.places),
                "properties": coded(self.property_numbers(rows), self.properties),
                "order_properties": looked_up(self.order_properties, order, order >= 0),
                "version": rows["version"],
                "email": looked_up(people.emails, person, is_call),
                "first_name": looked_up(people.first_names, person, is_call),
            }
        )


def head(code: int) -> str:
    """How a line begins."""
    if code == PAGE:
        return '{"type":"page"'
    if code in (KNOWN_BY_ACCOUNT, KNOWN_BY_EMAIL):
        return '{"type":"identify"'
    if code == NAMELESS:
        return '{"type":"track"'
    return f'{{"type":"track","event":"{TRACK_NAMES[code]}"'


def mail_landing(name: str) -> Landing:
    """How a click in a mail comes in."""
    return Landing("email", 1.0, "newsletter", "email", name)


def order_properties(orders: Orders) -> pa.Array:
    """The `properties` of each order's purchase event."""
    rows = pa.table(
        {
            "id": orders.ids,
            "net": orders["net"],
            "shipping": orders["shipping"],
            "tax": orders["tax"],
            "discount": orders["discount"],
            "total": orders["total"],
            "is_euro": orders["is_euro"],
        }
    )
    connection = duckdb.connect(config={"threads": 1})
    connection.register("slice", rows)
    texts = connection.sql(
        """select printf(
            '"properties":{"order_id":"%d","revenue":%d.%02d,"shipping":%d.%02d,"tax":%d.%02d'
            || ',"discount":%d.%02d,"total":%d.%02d,"currency":"%s"}',
            id, net // 100, net % 100, shipping // 100, shipping % 100, tax // 100, tax % 100,
            discount // 100, discount % 100, total // 100, total % 100,
            case when is_euro then 'EUR' else 'GBP' end) as text
        from slice"""
    ).to_arrow_table()
    return texts.column(0).combine_chunks()


def compact(members: dict) -> str:
    """JSON without blanks."""
    return json.dumps(members, separators=(",", ":"))
