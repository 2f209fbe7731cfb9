"""Rows written in a few words, and the recount of them, for answers worked out on paper."""

from datetime import datetime, timedelta
from decimal import Decimal

from .recount import Recount, recount
from .rows import EmailEvent, Feedback, Order, Row, WebEvent, gathered
from .run import Run
from .seeds import DEFAULTS

AS_OF = datetime(2026, 7, 1)
MICROSECOND = timedelta(microseconds=1)


def at(text: str) -> datetime:
    """'03-05 10:00' in the year of the tests."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}")


_numbers = iter(range(1, 10_000))


def web(when: str | datetime, event_name: str = "page_view", **columns) -> WebEvent:
    occurred_at = when if isinstance(when, datetime) else at(when)
    named = {"anonymous_id", "customer_id", "email_key"} & columns.keys()
    if not named:
        columns["anonymous_id"] = "d1"
    columns.setdefault("event_id", f"w{next(_numbers):04}")
    return WebEvent(occurred_at=occurred_at, event_name=event_name, **columns)


def mail(when: str | datetime, event_name: str, **columns) -> EmailEvent:
    occurred_at = when if isinstance(when, datetime) else at(when)
    event_id = f"m{next(_numbers):04}"
    return EmailEvent(event_id=event_id, occurred_at=occurred_at, event_name=event_name, **columns)


def order(when: str | datetime, order_id: str = "o1", amount: str = "10.00", **columns) -> Order:
    ordered_at = when if isinstance(when, datetime) else at(when)
    if not {"anonymous_id", "customer_id", "email_key"} & columns.keys():
        columns["anonymous_id"] = "d1"
    return Order(order_id=order_id, ordered_at=ordered_at, net_amount=Decimal(amount), **columns)


def answer(when: str, form: str, score: int, **columns) -> Feedback:
    columns.setdefault("customer_id", "ann")
    return Feedback(
        feedback_id=f"{form} {when}", occurred_at=at(when), form=form, score=score, **columns
    )


def counted(rows: list[Row], channels=None, **settings) -> Recount:
    run = Run(**{"as_of": AS_OF, **settings})
    for number, row in enumerate(rows, start=1):
        if row.delivered_on is None:
            row.delivered_on = row.instant.date()
            row.file_row = number
    return recount(gathered(rows), run, DEFAULTS, channels)


def owners(recounted: Recount) -> dict[str, tuple[str, str, str]]:
    return {
        each.touchpoint_id.split(":")[2]: (
            each.person_id,
            each.person_id_basis,
            each.person_id_latest,
        )
        for each in recounted.touchpoints
    }


def entries(recounted: Recount, person_id: str = "anon:d1") -> list[tuple[str, datetime]]:
    return [(entry.stage, entry.entered_at) for entry in recounted.person(person_id).entries]


def stages(recounted: Recount, person_id: str = "anon:d1") -> list[str]:
    return [stage for stage, _ in entries(recounted, person_id)]
