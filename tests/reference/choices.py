"""What generated histories are drawn from: gaps, names, origins and amounts at every edge."""

from datetime import timedelta
from decimal import Decimal

MICROSECOND = timedelta(microseconds=1)
HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)

# What lies between one thing that a person does and the next. Zero makes equal timestamps; the
# rest are the two sides of every edge: the visit's time-out, the lapses, the rolling periods.
GAPS = [
    timedelta(0),
    MICROSECOND,
    timedelta(minutes=3),
    timedelta(minutes=20),
    HALF_HOUR,
    HALF_HOUR + MICROSECOND,
    timedelta(hours=5),
    DAY,
    7 * DAY,
    11 * DAY,
    30 * DAY - MICROSECOND,
    30 * DAY,
    30 * DAY + MICROSECOND,
    41 * DAY,
    90 * DAY,
    90 * DAY + MICROSECOND,
]
# The longest are drawn most often: histories end before many of them fit in.
LIKELY_GAPS = [*GAPS, *GAPS[:6] * 2, *GAPS[6:10] * 2, *GAPS[-2:] * 5]

BEFORE_THE_ORDER = [
    "page_view",
    "page_view",
    "session_start",
    "product_view",
    "search",
    "add_to_cart",
    "begin_checkout",
]
AROUND_THE_ORDER = ["login", "account_view", "order_tracked", "share", "refer_friend"]
WEB_EVENTS = [
    *BEFORE_THE_ORDER,
    *BEFORE_THE_ORDER,
    *AROUND_THE_ORDER,
    "purchase",
    "review_read",
    "refund",
]
EMAIL_EVENTS = [
    "sent",
    "delivered",
    "stored",
    "opened",
    "opened",
    "opened",
    "clicked",
    "clicked",
    "unsubscribed",
    "resubscribed",
    "bounced",
]
STATUSES = [
    "placed",
    "paid",
    "fulfilled",
    "pending",
    None,
    "paid",
    "paid",
    "cancelled",
    "failed",
    "on_hold",
]
AMOUNTS = [Decimal(text) for text in ("10.00", "10.00", "0.00", "0.05", "19.99", "333.33")]

HUMAN_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
BOT_AGENT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"

# Experiments of all people, one with shares of its own, many with few people each, and rows
# that lack a name.
EXPERIMENTS = [
    *[(None, None)] * 120,
    *[("checkout", variant) for variant in ("control", "one_page", "One")] * 8,
    *[("subject", variant) for variant in ("b", "a")] * 4,
    *[("one_page_checkout", variant) for variant in ("control", "one_page")] * 4,
    *[(f"rare {number}", variant) for number in range(20) for variant in ("control", "new")],
    ("half", None),
    (None, "half"),
]

# Where web visitors come from: source, medium, referrer, click id. Few channels come of them, since
# exact attribution over many takes long; `test_channels` has them all.
ORIGINS = (
    (
        ("google", "cpc", None, None),
        ("google", "organic", "https://www.google.com/", "gclid:a"),
        (None, None, None, "a click of no known network"),
    ),
    (
        ("google", "organic", None, None),
        (None, None, "https://www.bing.co.uk/search?q=shoes", None),
        (None, None, "https://www.shop.example/cart", None),
    ),
    (
        ("newsletter", "email", None, None),
        ("newsletter", "E-Mail", None, "gclid:c"),
        (None, None, "https://checkout.pay.example/back", None),
    ),
    (
        ("facebook", "social", None, None),
        ("facebook", "organic", "https://m.facebook.com/", "fbclid:d"),
        ("(direct)", None, None, "GBRAID:b"),
    ),
    (
        ("(direct)", "(none)", None, None),
        ("(not set)", "(not set)", "https://blog.example/post", None),
    ),
)

# Names that sort differently by letter and by byte.
CUSTOMERS = ("ann", "Bob", "Ámos", "9", "10")
ADDRESSES = ("key-a", "Key-b", "key-ç", "key-d")
DEVICES = ("shared", "shared", "phone", "Tablet")

IDENTIFIERS = (
    "event_id",
    "order_id",
    "refund_id",
    "feedback_id",
    "referral_id",
    "ticket_id",
    "interaction_id",
    "customer_id",
    "anonymous_id",
    "email_key",
    "referrer_customer_id",
    "referred_email_key",
    "referred_customer_id",
)
NO_IDENTIFIERS = (None, "", "(not set)")
