"""The demo shop as it was drawn: its people, and everything that follows from them.

Here: the order in which the parts are drawn. Not here: defects, files and the ground truth.
"""

from dataclasses import dataclass

from demo.draws import Columns
from demo.mail import Mail, drawn_mail
from demo.milestones import Milestones, drawn_milestones
from demo.orders import Orders, drawn_orders
from demo.people import People, drawn_people
from demo.plan import Plan
from demo.visits import drawn_visits
from demo.window import Window


@dataclass(frozen=True)
class Shop:
    """Everything drawn, before defects are injected and files are written."""

    plan: Plan
    window: Window
    seed: int
    people: People
    milestones: Milestones
    orders: Orders
    mail: Mail
    visits: Columns


def drawn_shop(plan: Plan, count: int, window: Window, seed: int) -> Shop:
    """People first, then what follows from them."""
    people = drawn_people(plan, count, seed)
    milestones = drawn_milestones(plan, people, window, seed)
    orders = drawn_orders(plan, people, milestones, window, seed)
    mail = drawn_mail(plan, people, milestones, orders, window, seed)
    visits = drawn_visits(plan, people, milestones, orders, mail, window, seed)
    return Shop(plan, window, seed, people, milestones, orders, mail, visits)
