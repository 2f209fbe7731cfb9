"""Rows beside the generated worlds, so that one build has enough of what worlds hardly have."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from .choices import DAY
from .rows import AdSpend, Order, Row, WebEvent, delivered
from .run import Run


def regular_buyers(run: Run, people: int = 150) -> list[Row]:
    """People who come back often enough, in the first half of what is known too, that the models
    of repeat buying have something to be fitted to. The worlds' people hardly ever do, and how
    often depends on what the generator draws."""
    draw = Random(f"{run.as_of}")
    rows: list[Row] = []
    for number in range(people):
        ordered_at = run.as_of - draw.uniform(120, 200) * DAY
        while ordered_at < run.as_of:
            amount = Decimal(draw.randint(500, 9000)) / 100
            order = purchase(run, f"regular-{len(rows)}", ordered_at, f"regular-{number}", amount)
            order.delivered_on, order.file_row = ordered_at.date(), len(rows)
            rows.append(order)
            if draw.random() < 0.15:
                break
            ordered_at += draw.expovariate(1 / 25) * DAY
    return rows


def purchase(run: Run, order_id: str, at: datetime, customer_id: str, amount: Decimal) -> Row:
    """An order as the run reads them: of the order feed, or a web purchase."""
    if run.orders_from == "web":
        return WebEvent(
            source="site",
            event_id=order_id,
            event_name="purchase",
            occurred_at=at,
            customer_id=customer_id,
            order_id=order_id,
            revenue=amount,
        )
    return Order(
        source="shop",
        order_id=order_id,
        ordered_at=at,
        customer_id=customer_id,
        net_amount=amount,
    )


def spend_around(run: Run) -> list[Row]:
    """Costs at the edges of months, as_of and rates, one of them delivered again."""
    last_day = run.as_of.date()
    days = [last_day - timedelta(days=number) for number in (-1, 0, 1, 30, 31, 60, 120)]
    rows = [
        delivered(
            AdSpend(
                spend_date=day,
                channel=channel,
                campaign=campaign,
                amount=Decimal("33.33"),
                currency=currency,
            )
        )
        for day in days
        for channel, campaign, currency in (
            ("paid_search", "spring", "GBP"),
            ("paid_search", None, "EUR"),
            ("email", None, "USD"),
            ("audio", "spring", "XXX"),
        )
    ]
    again = delivered(
        AdSpend(
            spend_date=days[3],
            channel="paid_search",
            amount=Decimal("0.00"),
            currency="EUR",
            file_name="landing/file-2",
            is_restatement=True,
        )
    )
    return [*rows, again]
