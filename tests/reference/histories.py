"""Generated histories: small worlds of a few people, with everything that makes a journey hard.

A world is the raw rows of one to three people who may share devices, addresses and customer rows.
Worlds never share an identifier, so that hundreds of them make one raw layer and one build, and a
difference still points at the one world that shows it.
"""

from copy import copy
from datetime import datetime, time, timedelta

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .choices import DAY, HALF_HOUR, IDENTIFIERS, LIKELY_GAPS, MICROSECOND, NO_IDENTIFIERS
from .drawn_rows import Actor, Drawer
from .periods import Calendar
from .rows import Row, WebEvent
from .run import Run

BATCH = 12


class World(Drawer):
    """Draws the rows of one world: what its actors do, one thing after the other."""

    def __init__(self, draw, run: Run):
        super().__init__(draw, run, anchors(run))
        self.actors = [Actor(draw) for _ in range(draw(st.integers(1, 4)))]

    def fill(self) -> list[Row]:
        starts = [self.run.as_of - days * DAY for days in (1, 29, 60, 61, 119, 150, 210)]
        begins = self.pick([*starts, *self.anchors])
        for actor in self.actors:
            clock = begins if self.pick([True, False]) else self.pick([*starts, *self.anchors])
            if self.pick([False] * 40 + [True]):
                self.marathon(actor, clock)
            for _ in range(self.draw(st.integers(1, 14))):
                self.add(actor, clock)
                is_elsewhere = self.pick([False] * 9 + [True])
                clock = self.pick(self.anchors) if is_elsewhere else clock + self.pick(LIKELY_GAPS)
                if clock > self.run.as_of + DAY:
                    clock = self.pick([*starts, *self.anchors])
        return self.rows

    def marathon(self, actor: Actor, when: datetime) -> None:
        """One visit of exactly 24 hours, or of a microsecond more."""
        device = actor.devices[0]
        steps = [when + number * HALF_HOUR for number in range(49)]
        if self.pick([True, False]):
            steps.append(steps[-1] + MICROSECOND)
        for step in steps:
            row = WebEvent(
                source="site", event_id=self.key("site"), occurred_at=step, anonymous_id=device
            )
            self.rows.append(self.delivered(row))

    def add(self, actor: Actor, when: datetime) -> None:
        makers = [self.web] * 11 + [self.mail] * 4 + [self.order] * 3
        makers += [self.feedback, self.referral, self.ticket, self.interaction]
        makers += [self.customer]
        if self.run.orders_from == "orders":
            makers += [self.refund]
        row = self.delivered(self.pick(makers)(actor, when))
        known = {(each.kind, each.source, each.key) for each in self.rows}
        row.is_restatement = (row.kind, row.source, row.key) in known
        self.rows.append(row)
        if self.pick([False] * 11 + [True]):
            self.restate(actor, row)

    def delivered(self, row: Row) -> Row:
        day = row.instant.date()
        row.delivered_on = day + self.pick([0, 0, 0, 1, 2, 40]) * DAY
        row.file_name = self.pick(["landing/a.json", "landing/b.json"])
        row.file_row = len(self.rows) + 1
        row.load_id = len(self.rows) + 1
        return row

    def restate(self, actor: Actor, row: Row) -> None:
        """The same key delivered with other content; not always later than the first."""
        moved = row.instant + self.pick([timedelta(0), HALF_HOUR, -DAY, 31 * DAY])
        again = self.delivered(self.maker_of(row)(actor, moved))
        again.source = row.source
        for column in row.key_columns:
            setattr(again, column, getattr(row, column))
        again.is_restatement = True
        self.rows.append(again)

    def maker_of(self, row: Row):
        makers = {
            "web_events": self.web,
            "email_events": self.mail,
            "orders": self.order,
            "refunds": self.refund,
            "feedback": self.feedback,
            "referrals": self.referral,
            "support_tickets": self.ticket,
            "interactions": self.interaction,
            "customers": self.customer,
        }
        return makers[row.kind]


def anchors(run: Run) -> list[datetime]:
    """Instants at the edges of what a run counts, and of calendar periods."""
    calendar = Calendar(run.reporting_time_zone)
    edges = [run.as_of - days * DAY for days in (0, 30, 90)]
    month = calendar.month(run.as_of - 45 * DAY)
    monday = calendar.period("week", run.as_of - 20 * DAY)
    edges += [calendar.begins_at(month), calendar.begins_at(monday)]
    edges.append(datetime.combine((run.as_of - 7 * DAY).date(), time()))
    return [edge + shift for edge in edges for shift in (timedelta(0), -MICROSECOND)]


@st.composite
def worlds(draw, run: Run) -> list[Row]:
    return World(draw, run).fill()


def generated_worlds(run: Run, count: int, seed_number: int) -> list[list[Row]]:
    """So many different worlds, the same ones for the same seed. One build says what they come
    to, so they are generated first and judged together."""
    found: dict[str, list[Row]] = {}
    for batch in range(count):
        for rows in one_batch(run, f"{seed_number}.{batch}"):
            found.setdefault(repr(rows), rows)
        if len(found) >= count:
            break
    return list(found.values())[:count]


def one_batch(run: Run, seed_number: str) -> list[list[Row]]:
    """Of one seed, later examples are variations of earlier ones: few of them say more."""
    found: list[list[Row]] = []

    @seed(seed_number)
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds(run))
    def collect(rows: list[Row]) -> None:
        found.append(rows)

    collect()
    return found


def merged(found: list[list[Row]]) -> list[Row]:
    """The rows of all worlds, each world's identifiers under its own prefix."""
    return [renamed(row, world_prefix(number)) for number, rows in enumerate(found) for row in rows]


def world_prefix(number: int) -> str:
    return f"w{number:05}-"


def renamed(row: Row, prefix: str) -> Row:
    row = copy(row)
    for name in IDENTIFIERS:
        if getattr(row, name, None) not in NO_IDENTIFIERS:
            setattr(row, name, prefix + getattr(row, name))
    return row
