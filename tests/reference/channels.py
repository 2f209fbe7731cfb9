"""The channel and the campaign of a touch, found again from its raw row.

Follows the definitions ("Channels"): the rules, the sites and the click ids are data, read from the
project's seeds; in which order tags, click ids and referrers count is written here a second time.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .rows import EmailEvent, Interaction, Row, WebEvent
from .run import Run

CHANNELS_OF_TRAFFIC = {"sms", "push"}  # of those that interactions have
COUNTRY_OF_COMPANIES = {"co", "com", "net", "org", "ne", "or"}


@dataclass(frozen=True, slots=True)
class Origin:
    """What the rules are asked of."""

    source: str
    medium: str
    campaign: str


@dataclass(frozen=True, slots=True)
class ChannelRule:
    channel: str
    category: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    yields_to_paid_click: bool = False

    def matches(self, origin: Origin, category: str) -> bool:
        if self.category and self.category != category:
            return False
        asked = (
            (self.source, origin.source),
            (self.medium, origin.medium),
            (self.campaign, origin.campaign),
        )
        return all(not pattern or re.fullmatch(pattern, value) for pattern, value in asked)


@dataclass(frozen=True, slots=True)
class Click:
    source: str
    medium: str
    is_paid: bool


@dataclass(frozen=True, slots=True)
class ChannelSeeds:
    rules: tuple[ChannelRule, ...] = ()  # by position
    categories: dict[str, str] = field(default_factory=dict)  # of sources
    clicks: dict[str, Click] = field(default_factory=dict)  # by parameter

    def category(self, source: str) -> str:
        """Of the closest listing: the source, a domain above it, its name in any country."""
        listed = (self.categories.get(name) for name in names_of(source))
        return next((category for category in listed if category), "")

    def channel(self, origin: Origin) -> str | None:
        category = self.category(origin.source)
        matching = (rule.channel for rule in self.rules if rule.matches(origin, category))
        return next(matching, None)

    def yields_to_paid_click(self, tags: Origin) -> bool:
        category = self.category(tags.source)
        return any(r.yields_to_paid_click and r.matches(tags, category) for r in self.rules)


def channel_of(row: Row, seeds: ChannelSeeds, run: Run) -> str | None:
    if isinstance(row, EmailEvent):
        return "email"
    if isinstance(row, Interaction):
        return row.channel if row.channel in CHANNELS_OF_TRAFFIC else None
    return channel_of_visit(row, seeds, run) if isinstance(row, WebEvent) else None


def campaign_of(row: Row) -> str | None:
    """As it was given; what analytics tools write where there is none is none."""
    if isinstance(row, EmailEvent | Interaction):
        return row.campaign
    if not isinstance(row, WebEvent) or row.utm_campaign is None:
        return None
    is_filler = row.utm_campaign.startswith("(") and row.utm_campaign.endswith(")")
    return None if is_filler or row.utm_campaign == "<Other>" else row.utm_campaign


def channel_of_visit(event: WebEvent, seeds: ChannelSeeds, run: Run) -> str | None:
    tags = Origin(known(event.utm_source), known(event.utm_medium), known(event.utm_campaign))
    click = click_of(event.click_id, seeds)
    site = site_of(event.referrer, (*run.own_domains, *run.payment_domains))
    if not (any((tags.source, tags.medium, tags.campaign)) or click or site):
        return None
    if click and click.is_paid and seeds.yields_to_paid_click(tags):
        return seeds.channel(Origin(click.source, click.medium, tags.campaign))
    source, medium = tags.source, tags.medium
    if click:
        source, medium = source or click.source, medium or click.medium
    if site:
        medium = medium or ("" if tags.source else "referral")
        source = source or site
    return seeds.channel(Origin(source, medium, tags.campaign))


def known(tag: str | None) -> str:
    said = (tag or "").strip(" ").lower()
    return "" if said == "(not set)" else said


def click_of(click_id: str | None, seeds: ChannelSeeds) -> Click | None:
    if click_id is None:
        return None
    parameter, colon, _ = click_id.partition(":")
    unknown = seeds.clicks.get("*")
    return seeds.clicks.get(parameter.lower(), unknown) if colon else unknown


def site_of(referrer: str | None, ignored: tuple[str, ...]) -> str:
    """The site that a visitor came from, where it is known."""
    address = (referrer or "").lower()
    host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    above = (domain.lower() for domain in ignored)
    is_own = any(host == domain or host.endswith(f".{domain}") for domain in above)
    return host if "." in host and not is_own else ""


def names_of(source: str) -> list[str]:
    """Under which names a source may be listed, the closest first."""
    labels = source.split(".")
    names = [source, *(".".join(labels[-count:]) for count in (3, 2) if len(labels) >= count)]
    ending = labels[-2:]
    is_national = ending[0] in COUNTRY_OF_COMPANIES and re.fullmatch("[a-z]{2}", ending[-1])
    if len(labels) > 2 and is_national:
        names.append(labels[-3])
    elif len(labels) > 1 and re.fullmatch("[a-z]+", labels[-1]):
        names.append(labels[-2])
    return names
