"""What happens inside each visit: pages, products, baskets, log-ins; and the bots.

Here: one row an event, as compact codes. Not here: the JSON lines (segment) and which visits
there are (visits).
"""

from dataclasses import dataclass

import numpy as np

from demo.catalogue import BOTS, BROWSER_WEIGHTS, BROWSERS, products
from demo.draws import (
    DAY,
    SECOND,
    Columns,
    bounds_of,
    chosen,
    concatenated,
    generator,
    mixed,
    size_of,
    taken,
)
from demo.milestones import Milestones
from demo.orders import Orders
from demo.people import BY_ACCOUNT, INTENT, PURCHASE, RETENTION, People
from demo.plan import Plan
from demo.visits import (
    AS_GUEST,
    LOGS_IN,
    RECOGNISED,
    SIGNS_UP,
    SUBSCRIBES,
)
from demo.window import Window, time_of_day

(
    PAGE, LISTED, PROMOTED, SEARCHED, VIEWED, ADDED, CART, WISHED, CHECKOUT, PAYMENT, COUPON,
    ORDERED, KNOWN_BY_ACCOUNT, SIGNED_UP, SUBSCRIBED, SIGNED_IN, SHARED, ACCOUNT, TRACKED,
    KNOWN_BY_EMAIL, NAMELESS,
) = range(21)  # fmt: skip

# Places of a visit in order, each with any number of events.
(
    LAND, IDENTIFY, SIGN_IN, BROWSE, VIEW, JOIN, JOINED, ADD, CHECK_OUT, PAY, ORDER, AFTERWARDS,
    OWN_PAGES, SHARE, PLACES,
) = range(15)  # fmt: skip

BLOCK = 150_000  # visits at a time: bounds the memory of the widest arrays
LONGEST_PAUSE = 15 * 60 * SECOND  # a visit never falls apart at its 30 minutes
BOT_SESSION_EVENTS = 12


@dataclass(frozen=True)
class Pages:
    """Paths by number, and where each sort of page begins."""

    paths: list[str]
    titles: list[str]
    home: int
    lists: tuple[int, int]
    products: tuple[int, int]
    reading: tuple[int, int]
    search: int
    cart: int
    checkout: int
    confirmed: int
    account: int
    tracking: int


def site_pages() -> Pages:
    """All pages of the shop."""
    shop = products()
    lists = sorted(set(shop.categories))
    reading = ["journal/small-rooms", "journal/oak-and-ash", "journal/light", "delivery", "about"]
    paths = ["/", "/search", "/cart", "/checkout", "/orders/confirmed", "/account"]
    titles = ["Home", "Search", "Basket", "Checkout", "Thank you", "Your account"]
    paths.append("/account/orders")
    titles.append("Your orders")
    first_list = len(paths)
    paths += [f"/collections/{name}" for name in lists]
    titles += [name.capitalize() for name in lists]
    first_product = len(paths)
    paths += [f"/products/{slug}" for slug in shop.slugs]
    titles += shop.names
    first_reading = len(paths)
    paths += [f"/{name}" for name in reading]
    titles += [name.rsplit("/")[-1].replace("-", " ").capitalize() for name in reading]
    return Pages(
        paths=paths,
        titles=titles,
        home=0,
        lists=(first_list, first_product),
        products=(first_product, first_reading),
        reading=(first_reading, len(paths)),
        search=1,
        cart=2,
        checkout=3,
        confirmed=4,
        account=5,
        tracking=6,
    )


def drawn_web_events(
    plan: Plan,
    people: People,
    milestones: Milestones,
    orders: Orders,
    visits: Columns,
    window: Window,
    seed: int,
) -> Columns:
    """All web events inside the window, of people and of bots, by instant."""
    rng = generator(seed, "web")
    parts = []
    for start in range(0, size_of(visits), BLOCK):
        block = taken(visits, slice(start, start + BLOCK))
        events = visit_events(rng, people, milestones, block)
        parts.append(taken(events, window.contains(events["at"])))
    people_events = sum(size_of(part) for part in parts)
    parts.append(bot_events(rng, plan, people, people_events, window))
    events = concatenated(parts)
    events["browser"] = drawn_browsers(events["device"], events["is_bot"], seed)
    return taken(events, np.argsort(events["at"], kind="stable"))


def visit_events(
    rng: np.random.Generator, people: People, milestones: Milestones, visits: Columns
) -> Columns:
    """The events of a block of visits."""
    counts = place_counts(rng, people, milestones, visits)
    per_visit = counts.sum(axis=1)
    total = int(per_visit.sum())
    visit = np.repeat(np.arange(len(per_visit), dtype=np.int32), per_visit)
    place = np.repeat(np.tile(np.arange(PLACES, dtype=np.int8), len(per_visit)), counts.ravel())
    first = np.cumsum(per_visit) - per_visit

    code = drawn_codes(rng, people, visits, visit, place)
    pages = site_pages()
    product = chosen(rng, products().weights, total)
    path = drawn_paths(rng, pages, code, place, product, visits["order"][visit])
    product = np.where(path >= pages.products[0], path - pages.products[0], product)

    pause = np.minimum(rng.exponential(34 * SECOND, total) + 1_500, LONGEST_PAUSE).astype(np.int64)
    elapsed = np.cumsum(pause)
    # The visit's instant is that of its purchase where it has one, else of its first event.
    anchor = first.copy()
    purchases = np.flatnonzero(place == ORDER)
    anchor[visit[purchases]] = purchases
    at = visits["at"][visit] + elapsed - elapsed[anchor][visit]
    at[purchases] += 400

    person = visits["person"][visit]
    how = visits["identifies"][visit]
    is_account = (people.identity == BY_ACCOUNT)[person]
    logged_in = (how == LOGS_IN) | (how == RECOGNISED)
    known = is_account & np.where(logged_in, place >= IDENTIFY, (how == SIGNS_UP) & (place >= JOIN))
    is_landing = np.zeros(total, dtype=bool)
    is_landing[first] = True
    previous = np.roll(path, 1)
    is_payment = (place == AFTERWARDS) & (np.roll(place, 1) == ORDER)
    return {
        "at": at,
        "code": code,
        "device": visits["device"][visit].astype(np.int32),
        "person": person,
        "is_known": known,
        "path": path,
        "product": product.astype(np.int16),
        "previous": np.where(is_payment, -2, previous).astype(np.int16),
        "landing": np.where(is_landing, visits["landing"][visit], -1).astype(np.int16),
        "order": np.where(code == ORDERED, visits["order"][visit], -1).astype(np.int32),
        "is_bot": np.zeros(total, dtype=bool),
    }


def place_counts(
    rng: np.random.Generator, people: People, milestones: Milestones, visits: Columns
) -> np.ndarray:
    """How many events each place of each visit has: visits by PLACES."""
    count = size_of(visits)
    person, level = visits["person"], visits["level"]
    how, has_order = visits["identifies"], visits["order"] >= 0
    is_quiet = visits["is_after"] & (people.furthest[person] == PURCHASE)
    skips = people.skips_consideration[person] & (visits["at"] == milestones.at[person, INTENT])

    places = np.zeros((count, PLACES), dtype=np.int16)
    places[:, LAND] = 1
    places[:, IDENTIFY] = (how == LOGS_IN) | (how == RECOGNISED)
    places[:, SIGN_IN] = (how == LOGS_IN) & ~is_quiet
    places[:, BROWSE] = 1 + rng.poisson(2.2, count)
    places[:, VIEW] = np.where((level >= 1) & ~skips, 1 + rng.poisson(2.0, count), 0)
    places[:, JOIN] = how >= SIGNS_UP
    places[:, JOINED] = (how == SIGNS_UP) | (how == SUBSCRIBES)
    places[:, ADD] = np.where(level >= 2, 1 + rng.poisson(1.4, count), 0)
    places[:, CHECK_OUT] = visits["checks_out"]
    places[:, PAY] = visits["checks_out"] & (has_order | (rng.random(count) < 0.3))
    places[:, ORDER] = has_order
    places[:, AFTERWARDS] = np.where(has_order, 1, 0) + rng.poisson(0.7, count)
    retained = visits["is_after"] & (people.furthest[person] == RETENTION)
    looks = retained & (how == LOGS_IN) & (rng.random(count) < 0.4)
    places[:, OWN_PAGES] = visits["looks_at_account"] + looks * rng.integers(1, 3, count)
    places[:, SHARE] = visits["shares"]
    return places


def drawn_codes(
    rng: np.random.Generator, people: People, visits: Columns, visit: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """The event at each place."""
    luck = rng.random(len(place))
    code = np.array(
        [PAGE, KNOWN_BY_ACCOUNT, SIGNED_IN, PAGE, VIEWED, KNOWN_BY_ACCOUNT, SIGNED_UP, ADDED,
         CHECKOUT, PAYMENT, ORDERED, PAGE, ACCOUNT, SHARED],
        dtype=np.int8,
    )[place]  # fmt: skip
    # A product page as landing page, where products may be seen at all.
    shows = (visits["level"] >= 1) & visits["is_own_device"] & (visits["milestone"] < INTENT)
    code[(place == LAND) & shows[visit] & (luck < 0.25)] = VIEWED
    code[(place == BROWSE) & (luck < 0.30)] = LISTED
    code[(place == BROWSE) & (luck < 0.10)] = PROMOTED
    code[(place == VIEW) & (luck < 0.18)] = SEARCHED
    code[(place == ADD) & (luck < 0.40)] = CART
    code[(place == ADD) & (luck < 0.12)] = WISHED
    code[(place == PAY) & (luck < 0.20)] = COUPON
    code[(place == OWN_PAGES) & (luck < 0.30)] = TRACKED
    how = visits["identifies"][visit]
    code[(place == JOINED) & (how == SUBSCRIBES)] = SUBSCRIBED
    by_email = (people.identity != BY_ACCOUNT)[visits["person"][visit]]
    is_call = (place == IDENTIFY) | (place == JOIN)
    code[is_call & (by_email | (how == SUBSCRIBES) | (how == AS_GUEST))] = KNOWN_BY_EMAIL
    return code


def drawn_paths(
    rng: np.random.Generator,
    pages: Pages,
    code: np.ndarray,
    place: np.ndarray,
    product: np.ndarray,
    order: np.ndarray,
) -> np.ndarray:
    """The page on which each event happens."""
    total = len(code)
    luck = rng.random(total)
    a_list = rng.integers(*pages.lists, total)
    some_text = rng.integers(*pages.reading, total)
    a_product = pages.products[0] + product
    plain = np.where(
        luck < 0.45,
        pages.home,
        np.where(luck < 0.75, a_list, np.where(luck < 0.9, a_product, some_text)),
    )
    fixed = np.full(NAMELESS + 1, pages.account)
    fixed[[SEARCHED, CART, CHECKOUT, PAYMENT, COUPON]] = [
        pages.search, pages.cart, pages.checkout, pages.checkout, pages.checkout,
    ]  # fmt: skip
    fixed[[ORDERED, TRACKED, PROMOTED]] = [pages.confirmed, pages.tracking, pages.home]
    path = fixed[code]
    path = np.where((code == PAGE), plain, path)
    path = np.where((code == LISTED), a_list, path)
    on_product = np.isin(code, (VIEWED, ADDED, WISHED, SHARED))
    path = np.where(on_product, a_product, path)
    after_order = (place == AFTERWARDS) & (np.roll(place, 1) == ORDER) & (order >= 0)
    return np.where(after_order, pages.confirmed, path).astype(np.int16)


def bot_events(
    rng: np.random.Generator, plan: Plan, people: People, people_events: int, window: Window
) -> Columns:
    """Crawlers: short sessions on devices of their own, never identified."""
    total = round(people_events * plan.bot_share / (1 - plan.bot_share))
    sessions = max(1, total // BOT_SESSION_EVENTS)
    session = np.sort(rng.integers(0, sessions, total))
    began = window.start + rng.integers(0, window.days, sessions) * DAY
    began = began + np.minimum(time_of_day(rng, sessions), DAY - 3_600 * SECOND)
    first = np.searchsorted(session, session)
    pages = site_pages()
    code = np.where(rng.random(total) < 0.4, VIEWED, PAGE).astype(np.int8)
    product = chosen(rng, products().weights, total)
    everywhere = rng.integers(0, len(pages.paths), total)
    path = np.where(code == VIEWED, pages.products[0] + product, everywhere).astype(np.int16)
    lag = (np.arange(total) - first) * 7 * SECOND + rng.integers(0, 6 * SECOND, total)
    return {
        "at": np.minimum(began[session] + lag, window.end - SECOND),
        "code": code,
        "device": (5 * people.count + session).astype(np.int32),
        "person": np.full(total, -1, dtype=np.int32),
        "is_known": np.zeros(total, dtype=bool),
        "path": path,
        "product": product.astype(np.int16),
        "previous": np.full(total, -1, dtype=np.int16),
        "landing": np.zeros(total, dtype=np.int16),
        "order": np.full(total, -1, dtype=np.int32),
        "is_bot": np.ones(total, dtype=bool),
    }


def drawn_browsers(device: np.ndarray, is_bot: np.ndarray, seed: int) -> np.ndarray:
    """User agent numbers: each device keeps its own."""
    luck = mixed(device, seed, salt=17)
    share = (luck >> np.uint64(11)).astype(np.float64) / 2**53
    browser = np.searchsorted(bounds_of(BROWSER_WEIGHTS), share, side="right")
    bot = len(BROWSERS) + (luck % np.uint64(len(BOTS))).astype(np.int64)
    return np.where(is_bot, bot, browser).astype(np.int8)
