"""When people visit the site, on which device, how they come in and how far they look.

Here: one row a visit. Not here: the events inside it (web).

What keeps the stage of a person what was drawn: a visit before a milestone never shows what only
that milestone may show, and people who buy once see nothing but plain pages afterwards.
"""

import numpy as np

from demo.catalogue import LANDINGS, landing_weights
from demo.draws import (
    DAY,
    HOUR,
    NEVER,
    SECOND,
    Columns,
    chosen,
    concatenated,
    generator,
    size_of,
    taken,
)
from demo.mail import Mail
from demo.milestones import Milestones, delay_limits
from demo.orders import Orders
from demo.people import (
    ANONYMOUS,
    BY_ACCOUNT,
    BY_EMAIL,
    INTENT,
    PURCHASE,
    RETENTION,
    People,
)
from demo.plan import Plan
from demo.window import WEEKDAYS, Window, time_of_day

# How a visit identifies, and where in it.
STAYS_ANONYMOUS, LOGS_IN, RECOGNISED, SIGNS_UP, SUBSCRIBES, AS_GUEST = range(6)
CHANCE_RATES = np.array([0.10, 0.16, 0.20, 0.10, 0.24])  # chance visits a day, by furthest stage
TAIL_DAYS = np.array([8.0, 12.0, 16.0, 30.0, 60.0])  # mean time that people stay after the last
FEWEST_ON_SHARED = 14  # well above the ten people that make a device a shared one
MOST_ON_SHARED = 30
PEOPLE_PER_SHARED_DEVICE = 5_000
LEAST_SHARED_TIME = 3 * HOUR  # an identification never falls behind the end of the window


def drawn_visits(
    plan: Plan,
    people: People,
    milestones: Milestones,
    orders: Orders,
    mail: Mail,
    window: Window,
    seed: int,
) -> Columns:
    """All visits that begin inside the window, by person and instant."""
    rng = generator(seed, "visits")
    visits = concatenated(
        [
            milestone_visits(people, milestones, orders),
            order_visits(orders),
            chance_visits(rng, plan, people, milestones, window),
            click_visits(mail),
            share_visits(rng, people, milestones, window),
        ]
    )
    visits = taken(visits, window.contains(visits["at"]))
    visits = taken(visits, np.lexsort((visits["level"], visits["at"], visits["person"])))
    visits["is_after"] = visits["at"] > milestones.at[visits["person"], PURCHASE]
    visits["landing"] = drawn_landings(rng, plan, visits)
    identify(rng, plan, people, milestones, visits)
    choose_devices(rng, plan, people, milestones, window, visits)
    return visits


def visit_rows(
    person: np.ndarray,
    at: np.ndarray,
    level: np.ndarray | int,
    order: np.ndarray | int = -1,
    campaign: np.ndarray | int = 0,
    is_first: bool = False,
    checks_out: np.ndarray | bool = False,
    looks_at_account: bool | np.ndarray = False,
    shares: bool = False,
    milestone: np.ndarray | int = -1,
) -> Columns:
    """Rows of one sort of visit. `level` is the furthest stage whose content it shows (0 to 2)."""
    count = len(person)
    return {
        "person": person.astype(np.int32),
        "at": at.astype(np.int64),
        "level": np.broadcast_to(level, count).astype(np.int8),
        "order": np.broadcast_to(order, count).astype(np.int32),
        "campaign": np.broadcast_to(campaign, count).astype(np.int16),
        "is_first": np.full(count, is_first),
        "checks_out": np.broadcast_to(checks_out, count).astype(bool),
        "looks_at_account": np.broadcast_to(looks_at_account, count).astype(bool),
        "shares": np.full(count, shares),
        "milestone": np.broadcast_to(milestone, count).astype(np.int8),
    }


def milestone_visits(people: People, milestones: Milestones, orders: Orders) -> Columns:
    """The visit in which a stage is reached; stages of one visit are one row."""
    at = milestones.at
    order_of = np.full(people.count, -1)
    first = orders["is_first"]
    order_of[orders["person"][first]] = np.flatnonzero(first)
    is_in_store = np.zeros(people.count, dtype=bool)
    is_in_store[orders["person"][first & orders["is_in_store"]]] = True
    parts = []
    for stage in range(5):
        is_last = np.ones(people.count, dtype=bool)
        if stage < RETENTION:
            is_last = at[:, stage + 1] != at[:, stage]
        reached = (at[:, stage] != NEVER) & is_last
        if stage == PURCHASE:
            reached &= ~is_in_store
        person = np.flatnonzero(reached)
        began = (at[person, :1] == at[person, stage, None]).ravel()
        # Only the visit of intent itself must pass the checkout; a later order does so anyhow.
        part = visit_rows(
            person,
            at[person, stage],
            min(stage, INTENT) if stage != RETENTION else 1,
            order=order_of[person] if stage == PURCHASE else -1,
            checks_out=stage in (INTENT, PURCHASE),
            looks_at_account=stage == RETENTION,
            milestone=stage,
        )
        part["is_first"] = began
        parts.append(part)
    return concatenated(parts)


def order_visits(orders: Orders) -> Columns:
    """The visits of orders other than the first one."""
    chosen_orders = np.flatnonzero(orders["has_visit"] & ~orders["is_first"])
    return visit_rows(
        orders["person"][chosen_orders],
        orders["at"][chosen_orders],
        INTENT,
        order=chosen_orders,
        checks_out=True,
    )


def chance_visits(
    rng: np.random.Generator,
    plan: Plan,
    people: People,
    milestones: Milestones,
    window: Window,
) -> Columns:
    """Visits at random while a person is interested, and a few after a lapse."""
    reached = milestones.at <= window.end
    last = np.where(reached, milestones.at, 0).max(axis=1)
    furthest = people.furthest
    tail = rng.exponential(TAIL_DAYS[furthest]) * window.scale * DAY
    since = milestones.at[:, 0] + 2 * HOUR
    until = last + tail.astype(np.int64) + 2 * HOUR
    mean = (until - since) / DAY * CHANCE_RATES[furthest] / window.scale
    times = rng.poisson(mean * max(WEEKDAYS) / np.mean(WEEKDAYS))
    person = np.repeat(np.arange(people.count), times)
    span = (until - since)[person]
    at = since[person] + (rng.random(len(person)) * span).astype(np.int64)

    # People come back once their stage has lapsed, after 30 or, as customers, 90 days.
    back = np.flatnonzero(rng.random(people.count) < plan.comes_back)
    patience = np.where(furthest[back] >= PURCHASE, 91, 31) * DAY
    returns = until[back] + patience + rng.integers(0, 20 * DAY, len(back))
    person = np.concatenate([person, back])
    at = np.concatenate([at, returns])

    day = window.day_of(at)
    at = window.start + day.astype(np.int64) * DAY + time_of_day(rng, len(at))
    at = np.maximum(at // SECOND * SECOND, since[person])
    weekday = (day + window.first.weekday()) % 7
    kept = rng.random(len(at)) < np.asarray(WEEKDAYS)[weekday] / max(WEEKDAYS)
    kept &= ~((at > milestones.gap_start[person]) & (at < milestones.gap_end[person]))
    person, at = person[kept], at[kept]

    may_show = (milestones.at[person][:, 1:3] <= at[:, None]).sum(axis=1)
    is_after = at > milestones.at[person, PURCHASE]
    may_show = np.where(is_after & (people.furthest[person] == PURCHASE), 0, may_show)
    luck = rng.random(len(person))
    level = np.where(luck < 0.45, may_show, (rng.random(len(person)) * (may_show + 1)).astype(int))
    checks_out = (level == INTENT) & ~is_after & (rng.random(len(person)) < 0.15)
    return visit_rows(person, at, level, checks_out=checks_out)


def click_visits(mail: Mail) -> Columns:
    """A click in a mail opens a page a few seconds later."""
    clicks = mail.clicks
    return visit_rows(
        clicks["person"], clicks["at"] + 3 * SECOND, 1, campaign=clicks["campaign"].astype(np.int16)
    )


def share_visits(
    rng: np.random.Generator, people: People, milestones: Milestones, window: Window
) -> Columns:
    """A visit after the order in which a product is shared."""
    person = np.flatnonzero(people.shares & window.contains(milestones.at[:, PURCHASE]))
    limit = delay_limits(window)[2] * DAY
    lag = rng.integers(min(2 * DAY, limit // 2), limit, len(person))
    return visit_rows(person, milestones.at[person, PURCHASE] + lag, 1, shares=True)


def drawn_landings(rng: np.random.Generator, plan: Plan, visits: Columns) -> np.ndarray:
    """Landing numbers: of LANDINGS, or beyond them the campaign of a mail."""
    count = size_of(visits)
    first = chosen(rng, landing_weights(plan.acquisition), count)
    later = chosen(rng, landing_weights(plan.returning), count)
    landing = np.where(visits["is_first"], first, later)
    by_mail = visits["campaign"] > 0
    return np.where(by_mail, len(LANDINGS) + visits["campaign"] - 1, landing).astype(np.int16)


def identify(
    rng: np.random.Generator,
    plan: Plan,
    people: People,
    milestones: Milestones,
    visits: Columns,
) -> None:
    """Which visits identify, and how."""
    person, milestone = visits["person"], visits["milestone"]
    identity = people.identity[person]
    how = np.full(len(person), STAYS_ANONYMOUS, dtype=np.int8)

    known_since = identified_since(people, milestones)
    is_known = visits["at"] > known_since[person]
    is_quiet = visits["is_after"] & (people.furthest[person] == PURCHASE)
    often = np.where(visits["order"] >= 0, 0.8, plan.logs_in)
    logs_in = is_known & (identity == BY_ACCOUNT) & (rng.random(len(person)) < often)
    logs_in |= visits["looks_at_account"]
    how[logs_in & ~is_quiet] = LOGS_IN

    # The milestone at which a person identifies may lie in the visit of a later one.
    holds = milestone >= 0
    arrives = holds & (visits["at"] == known_since[person])
    how[arrives & (identity == BY_ACCOUNT)] = SIGNS_UP
    how[arrives & (identity == BY_EMAIL)] = SUBSCRIBES
    how[arrives & (identity == BY_EMAIL) & (people.furthest[person] == PURCHASE)] = AS_GUEST
    subscribed = subscribed_since(people, milestones)
    early = (
        holds & (visits["at"] == subscribed[person]) & (subscribed[person] < known_since[person])
    )
    how[early] = SUBSCRIBES
    visits["identifies"] = how
    visits["is_known"] = is_known


def identified_since(people: People, milestones: Milestones) -> np.ndarray:
    """When each person identifies; NEVER for those who do not."""
    all_people = np.arange(people.count)
    at = milestones.at[all_people, np.maximum(people.identifies_at, 0)]
    return np.where(people.identity == ANONYMOUS, NEVER, at)


def subscribed_since(people: People, milestones: Milestones) -> np.ndarray:
    """When each person agrees to mail; NEVER for those who do not."""
    all_people = np.arange(people.count)
    at = milestones.at[all_people, np.maximum(people.subscribes_at, 0)]
    return np.where(people.subscribes_at < 0, NEVER, at)


def choose_devices(
    rng: np.random.Generator,
    plan: Plan,
    people: People,
    milestones: Milestones,
    window: Window,
    visits: Columns,
) -> None:
    """Own devices, a second or third one, a household's tablet, a shared device in a shop.

    A device of several people is used by returning customers only, who log in on it: what they
    did before they logged in is at most one plain page, which changes no person's stage.
    """
    person, at = visits["person"], visits["at"]
    count = len(person)
    device = person.astype(np.int64)
    early_enough = at < window.end - LEAST_SHARED_TIME

    may_switch = visits["is_known"] & (people.device_count[person] > 1) & early_enough
    may_switch &= visits["identifies"] <= RECOGNISED
    other = may_switch & (rng.random(count) < plan.other_device_visit)
    which = (rng.random(count) * (people.device_count[person] - 1)).astype(np.int64)
    device = np.where(other, people.count + 2 * person.astype(np.int64) + which, device)

    shareable = visits["is_after"] & (people.furthest[person] == RETENTION) & early_enough
    shareable &= (visits["order"] < 0) & (visits["campaign"] == 0) & ~visits["shares"]
    household = household_of(rng, plan, people)
    at_home = shareable & (household[person] >= 0) & (rng.random(count) < plan.household_visit)
    device = np.where(at_home, 3 * people.count + household[person], device)
    visits["identifies"][at_home] = LOGS_IN

    in_shop = shared_device_of(rng, people, shareable & ~at_home, person)
    at_shop = in_shop >= 0
    device = np.where(at_shop, 4 * people.count + in_shop, device)
    visits["identifies"][at_shop] = LOGS_IN

    # The first visit on a further device of one's own identifies it.
    rows = np.flatnonzero(other & ~at_home & ~at_shop)
    rows = rows[np.lexsort((at[rows], device[rows]))]
    is_new = np.ones(len(rows), dtype=bool)
    is_new[1:] = device[rows][1:] != device[rows][:-1]
    recognised = rows[is_new & (visits["identifies"][rows] == STAYS_ANONYMOUS)]
    visits["identifies"][recognised] = RECOGNISED

    visits["device"] = device
    visits["is_own_device"] = ~(at_home | at_shop)
    visits["is_shared_device"] = at_shop


def household_of(rng: np.random.Generator, plan: Plan, people: People) -> np.ndarray:
    """The number of each person's household among those that share a tablet, else -1."""
    retained = rng.permutation(np.flatnonzero(people.furthest == RETENTION))
    paired = retained[: int(len(retained) * plan.household) // 2 * 2]
    household = np.full(people.count, -1, dtype=np.int64)
    household[paired] = np.arange(len(paired)) // 2
    return household


def shared_device_of(
    rng: np.random.Generator, people: People, may_use: np.ndarray, person: np.ndarray
) -> np.ndarray:
    """The shop's device that each visit is on, else -1: once a person, many people each."""
    rows = rng.permutation(np.flatnonzero(may_use))
    _, first = np.unique(person[rows], return_index=True)
    rows = rows[np.sort(first)]
    devices = min(max(1, people.count // PEOPLE_PER_SHARED_DEVICE), len(rows) // FEWEST_ON_SHARED)
    rows = rows[: devices * MOST_ON_SHARED]
    shared = np.full(len(person), -1, dtype=np.int64)
    if devices:
        shared[rows] = np.arange(len(rows)) % devices
    return shared
