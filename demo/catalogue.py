"""What the demo shop sells, where its visitors come from and what they are called: all invented.

Here: names, products, pages, landings, devices. Not here: how often each occurs (plan), except
the small weights inside one list.
"""

from dataclasses import dataclass

import numpy as np

SITE = "https://shop.example"
PAYMENT_DOMAIN = "pay.example"


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


FIRST_NAMES = words(
    "ada alba amos anders anouk aurel bea bram cara cato cleo dara dario edda elin emre enya "
    "esme faro fenna gala gwen hale hana idris ilse ines ivo jara jonas juno kai kira lars lena "
    "leo lior luca mara milo mina nadia neo nils noor olga orla otto pia quinn rafi rhea rosa "
    "runa sami sela silas tara theo tilda uma vera wim yara yves zane zoe"
)
LAST_NAMES = words(
    "alder ash barley beck birch bramble brook cedar clay cliff cole copper croft dale dove elm "
    "fable fenn fern field finch flint forge frost glen grove hart hazel heath heron hollow iris "
    "juniper kestrel lake lark linden lowe maple marsh meadow mill moor moss north oak otter park "
    "pike plum quill reed ridge river robin rowan rush sage sedge shore slate sorrel spruce stone "
    "swift teal thorn vale wells west wren yarrow"
)

COUNTRIES = ("GB", "IE", "FR", "DE", "US")
COUNTRY_WEIGHTS = (0.78, 0.06, 0.06, 0.06, 0.04)
LOCALES = ("en-GB", "en-IE", "fr-FR", "de-DE", "en-US")
EURO_COUNTRIES = np.array([False, True, True, True, False])

BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
)
BROWSER_WEIGHTS = (0.28, 0.27, 0.22, 0.11, 0.07, 0.05)
BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
)
USER_AGENTS = BROWSERS + BOTS

CATEGORIES = {
    "chairs": ("stool", "rocker", "bench", "armchair"),
    "tables": ("desk", "side-table", "dining-table"),
    "lamps": ("lantern", "floor-lamp", "desk-lamp"),
    "textiles": ("throw", "rug", "cushion", "curtain"),
    "kitchen": ("bowl", "carafe", "board", "mug"),
    "garden": ("planter", "trellis", "birdhouse"),
}
MATERIALS = ("oak", "ash", "linen", "clay", "brass", "willow")


@dataclass(frozen=True)
class Landing:
    """How a visit comes in: the channel is what GA4's default grouping makes of the rest."""

    channel: str
    weight: float = 1.0
    source: str = ""
    medium: str = ""
    campaign: str = ""
    referrer: str = ""
    has_click_id: bool = False

    @property
    def query(self) -> str:
        """The query string of the landing page, without a click id."""
        if not self.source:
            return ""
        return f"?utm_source={self.source}&utm_medium={self.medium}&utm_campaign={self.campaign}"

    @property
    def context(self) -> str:
        """The JSON member that analytics libraries add for a tagged landing page."""
        if not self.source:
            return ""
        return (
            f',"campaign":{{"source":"{self.source}","medium":"{self.medium}"'
            f',"name":"{self.campaign}"}}'
        )


LANDINGS = (
    Landing("direct"),
    Landing("organic_search", 0.80, referrer="https://www.google.com/"),
    Landing("organic_search", 0.12, referrer="https://www.bing.com/"),
    Landing("organic_search", 0.08, referrer="https://duckduckgo.com/"),
    Landing("paid_search", 0.55, "google", "cpc", "brand_terms", "https://www.google.com/", True),
    Landing("paid_search", 0.45, "google", "cpc", "generic_terms", "https://www.google.com/", True),
    Landing("organic_social", 0.60, referrer="https://www.instagram.com/"),
    Landing("organic_social", 0.40, referrer="https://www.facebook.com/"),
    Landing(
        "paid_social", 0.60, "facebook", "paid_social", "prospecting", "https://www.facebook.com/"
    ),
    Landing(
        "paid_social", 0.40, "instagram", "paid_social", "lookalike", "https://www.instagram.com/"
    ),
    Landing(
        "affiliates", 1.0, "dealfinder", "affiliate", "seasonal_codes", "https://deals.example/"
    ),
    Landing("referral", 0.70, referrer="https://blog.homecraft.example/rooms/small-spaces"),
    Landing("referral", 0.30, referrer="https://magazine.interiors.example/guides"),
    Landing("display", 1.0, "adnet", "display", "banner_rooms", "https://news.example/"),
)


@dataclass(frozen=True)
class Products:
    """Products by number; prices in pence."""

    slugs: list[str]
    names: list[str]
    categories: list[str]
    prices: np.ndarray
    weights: np.ndarray


def products() -> Products:
    """The whole assortment, the same in every demo."""
    rows = [
        (category, material, noun)
        for category, nouns in CATEGORIES.items()
        for noun in nouns
        for material in MATERIALS
    ]
    number = np.arange(len(rows))
    return Products(
        slugs=[f"{material}-{noun}" for _, material, noun in rows],
        names=[f"{material} {noun}".replace("-", " ").capitalize() for _, material, noun in rows],
        categories=[category for category, _, _ in rows],
        prices=(900 + (number * 7919) % 9_100 // 50 * 50 + 95).astype(np.int64),
        weights=1 / (1 + (number * 31) % len(rows)) ** 0.7,
    )


def landing_weights(mix: dict[str, float]) -> np.ndarray:
    """A channel mix as one weight a landing."""
    return np.array([mix[landing.channel] * landing.weight for landing in LANDINGS])
