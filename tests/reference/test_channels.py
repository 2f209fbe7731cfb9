"""Channels worked out by hand, and the warehouse's of many origins held against a recount."""

from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from .channels import campaign_of, channel_of
from .rows import EmailEvent, Interaction, Order, WebEvent, delivered, gathered
from .run import Run
from .seeds import Seeds, load_seeds
from .warehouse import SEEDS, build_marts, read_table, write_data_dir

RUN = Run(
    as_of=datetime(2026, 7, 1), own_domains=("Shop.example",), payment_domains=("pay.example",)
)
NOON = datetime(2026, 5, 1, 12)
DRAWN = 3_000
SOURCES = (
    *(None, "", "(not set)", " Google ", "google", "google.co.uk", "news.google.com", "Bing"),
    *("(direct)", "direct", "facebook", "m.facebook.com", "amazon", "smile.amazon.com.br"),
    *("youtube", "mail.google.com", "newsletter", "e-mail", "sms", "firebase", "partner", "dv360"),
)
MEDIUMS = (
    *(None, "", "(not set)", "(none)", "none", "direct", "(direct)", "organic", "referral", "Link"),
    *("app", "social", "SM", "social media", "cpc", "PPC", "cpm", "paid_social", "retargeting"),
    *("email", "e-mail", "affiliate", "display", "video", "audio", "sms", "web push", "qr"),
)
CAMPAIGNS = (None, "", "(not set)", "spring", "Shopping week", "cross-network", "workshop")
REFERRERS = (
    *(None, "", "https://www.google.de/search?q=a", "http://Blog.example:8080/#top", "bing.com"),
    *("https://www.shop.example/cart", "https://myshop.example/", "https://checkout.pay.example"),
    *("android-app://com.google.android.googlequicksearchbox/", "/cart", "https://mail.google.com"),
    *("//t.co/a", "localhost", "https://l.instagram.com/?u=b", "https://www.youtube.com/watch"),
)
CLICKS = (
    *(None, "gclid:a", "GBRAID:a:b", "fbclid:c", "msclkid:d", "dclid:e", "irclickid:f"),
    *("ttclid:g", "unheard_of:h", "a click of no kind"),
)


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return load_seeds(SEEDS)


def web(event_id: str = "w", **columns) -> WebEvent:
    return delivered(
        WebEvent(event_id=event_id, occurred_at=NOON, anonymous_id=event_id, **columns)
    )


@pytest.mark.parametrize(
    ("columns", "channel"),
    [
        ({}, None),
        ({"utm_source": "(not set)", "utm_medium": "(not set)"}, None),
        ({"utm_source": "(direct)", "utm_medium": "(none)"}, "direct"),
        ({"utm_source": "Google", "utm_medium": "CPC"}, "paid_search"),
        ({"utm_source": "google", "utm_medium": "organic"}, "organic_search"),
        ({"utm_source": "newsletter", "utm_medium": "email"}, "email"),
        ({"utm_source": "flyer", "utm_medium": "qr"}, "other"),
        # a paid click decides where the tags say organic, direct, referral or nothing
        ({"click_id": "gclid:a"}, "paid_search"),
        ({"click_id": "gclid:a", "utm_source": "google", "utm_medium": "organic"}, "paid_search"),
        ({"click_id": "gbraid:a", "utm_source": "(direct)"}, "paid_search"),
        ({"click_id": "wbraid:a", "utm_source": "google", "utm_medium": "(none)"}, "paid_search"),
        ({"click_id": "ttclid:a", "utm_source": "b.example", "utm_medium": "link"}, "paid_social"),
        ({"click_id": "of no kind", "utm_medium": "referral"}, "paid_search"),
        # tags that were paid for, or that name another way, decide
        ({"click_id": "gclid:a", "utm_source": "facebook", "utm_medium": "cpc"}, "paid_social"),
        ({"click_id": "gclid:a", "utm_source": "news", "utm_medium": "email"}, "email"),
        # a click that no one paid for fills what the tags leave open
        ({"click_id": "fbclid:a"}, "organic_social"),
        ({"click_id": "fbclid:a", "utm_source": "google", "utm_medium": "cpc"}, "paid_search"),
        # the referrer where there is nothing else
        ({"referrer": "https://www.google.co.uk/"}, "organic_search"),
        ({"referrer": "https://blog.example/post"}, "referral"),
        ({"referrer": "https://www.shop.example/cart"}, None),
        ({"referrer": "https://checkout.pay.example/"}, None),
        ({"referrer": "https://blog.example/", "click_id": "gclid:a"}, "paid_search"),
        ({"referrer": "https://www.google.com/", "utm_source": "flyer"}, "other"),
    ],
)
def test_the_channel_of_a_visit_is_worked_out(seeds, columns, channel):
    assert channel_of(web(**columns), seeds.channels, RUN) == channel


def test_other_touches_have_the_channel_of_their_kind(seeds):
    mail = EmailEvent(event_id="m", occurred_at=NOON, event_name="opened", campaign="news")
    order = Order(order_id="o", ordered_at=NOON, net_amount=1)
    assert (channel_of(mail, seeds.channels, RUN), campaign_of(mail)) == ("email", "news")
    assert (channel_of(order, seeds.channels, RUN), campaign_of(order)) == (None, None)
    text, visit = (
        Interaction(
            interaction_id="i",
            occurred_at=NOON,
            channel=channel,
            event_name="came",
            direction="inbound",
            campaign="spring",
        )
        for channel in ("sms", "store")
    )
    assert (channel_of(text, seeds.channels, RUN), campaign_of(text)) == ("sms", "spring")
    assert (channel_of(visit, seeds.channels, RUN), campaign_of(visit)) == (None, "spring")


@pytest.mark.parametrize(
    ("given", "campaign"),
    [
        ("Spring", "Spring"),
        (None, None),
        ("(not set)", None),
        ("(organic)", None),
        ("<Other>", None),
    ],
)
def test_a_campaign_is_what_was_given(given, campaign):
    assert campaign_of(web(utm_campaign=given)) == campaign


def drawn_events() -> list[WebEvent]:
    """Origins of values drawn for each column alone, and some that say nothing."""
    draw = Random(5)
    events = [
        web("nothing"),
        web("no tags", utm_source="(not set)", utm_medium=""),
        web("own page", referrer="https://www.shop.example/cart"),
    ]
    for number in range(DRAWN):
        events.append(
            web(
                f"w{number}",
                utm_source=draw.choice(SOURCES),
                utm_medium=draw.choice(MEDIUMS),
                utm_campaign=draw.choice(CAMPAIGNS),
                referrer=draw.choice(REFERRERS),
                click_id=draw.choice(CLICKS),
            )
        )
    return events


def click_parameter(event: WebEvent) -> str | None:
    parameter, colon, _ = (event.click_id or "").partition(":")
    return parameter.lower() if colon else "*" if event.click_id else None


@pytest.mark.long
def test_the_warehouse_agrees_on_the_channel_of_every_origin(seeds, tmp_path: Path):
    events = drawn_events()
    write_data_dir(tmp_path, gathered(events), RUN)
    build_marts(tmp_path, "+int_traffic_sources_classified")
    columns = ("referrer", "utm_source", "utm_medium", "utm_campaign", "click_parameter")
    found = {
        tuple(row[column] for column in columns): row["channel"]
        for row in read_table(tmp_path, "intermediate.int_traffic_sources_classified")
    }
    differences, channels = [], set()
    for event in events:
        origin = (
            *(event.referrer, event.utm_source, event.utm_medium, event.utm_campaign),
            click_parameter(event),
        )
        expected = channel_of(event, seeds.channels, RUN)
        channels.add(expected)
        if found.get(origin) != expected:
            differences.append((origin, expected, found.get(origin)))
    assert differences == []
    assert channels == {None, *(rule.channel for rule in seeds.channels.rules)}
