"""The known probabilities of the demo shop: the one place where its people's behaviour is set.

Here: numbers only. Not here: how they are drawn (people, milestones, orders, mail, …) and how
they are found again in the marts (ground_truth_queries).
"""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Plan:
    """Probabilities per person, order, mail or row. Every field is a fact that marts can show."""

    # Furthest stage, each given the stage before it. Purchase depends on the checkout a person
    # was shown; advocacy follows from four independent opportunities (advocacy_probability).
    consideration: float = 0.70
    intent: float = 0.55
    purchase_control: float = 0.42
    purchase_one_page: float = 0.60
    retention: float = 0.60

    # Opportunities for advocacy of each retained person, one each.
    answers_nps: float = 0.30
    reviews: float = 0.25
    refers: float = 0.08
    shares: float = 0.05
    nps_scores: tuple[float, ...] = (
        0.02, 0.01, 0.02, 0.03, 0.04, 0.07, 0.09, 0.12, 0.18, 0.20, 0.22,
    )  # fmt: skip
    review_scores: tuple[float, ...] = (0.06, 0.07, 0.15, 0.30, 0.42)
    csat_scores: tuple[float, ...] = (0.05, 0.08, 0.17, 0.38, 0.32)
    further_review: float = 0.25  # per repeat order of a person who is an advocate already
    further_nps: float = 0.35
    support_ticket: float = 0.14
    ticket_answer: float = 0.40  # a CSAT answer to a closed ticket
    visit_answer: float = 0.012  # a CSAT answer on the site, at the end of a visit
    early_ticket: float = 0.04  # a question before any order: a touchpoint without a stage
    referral_converts: float = 0.35

    # Orders. A void attempt (cancelled, or refunded in full) comes before the order that counts.
    cancelled: float = 0.04
    fully_refunded: float = 0.03
    partly_refunded: float = 0.06
    payment_fails: float = 0.10  # of identified people who get as far as intent and no further
    point_of_sale: float = 0.06
    test_orders: float = 0.004
    repeat_start: float = 0.14  # weekly probability of a repeat order: start, decay, floor
    repeat_decay: float = 0.90
    repeat_floor: float = 0.02

    # Interactions: of those who agreed to mail, a month; of buyers.
    texted: float = 0.30
    text_clicked: float = 0.12
    chats: float = 0.05
    calls: float = 0.03
    store_visits: float = 0.06
    mentions: float = 0.01

    # Mail.
    bounces: float = 0.012
    drops: float = 0.004
    deferred: float = 0.03
    machine_open: float = 0.25
    human_open: float = 0.22
    human_open_control: float = 0.18  # the two subject lines of the tested campaign
    human_open_question: float = 0.27
    click: float = 0.20  # of human opens
    unsubscribe: float = 0.010  # of human opens
    complaint: float = 0.001  # of delivered
    transactional_open: float = 0.5

    # Visits.
    same_visit: float = 0.35  # the next milestone is reached in the visit of the one before
    long_gap: float = 0.08  # one delay of more than 30 days on the way
    comes_back: float = 0.15  # a further visit after a lapse
    skips_consideration: float = 0.10
    logs_in: float = 0.5
    second_device: float = 0.45
    third_device: float = 0.10
    other_device_visit: float = 0.35
    household: float = 0.08
    household_visit: float = 0.30
    bot_share: float = 0.06  # of web rows

    # Blemishes, as shares of rows.
    late: float = 0.015
    duplicated: float = 0.006
    malformed: float = 0.0004
    malformed_small: float = 0.002  # the smaller feeds
    corrected: float = 0.01  # web purchases and feedback delivered again with other content

    # First channel of a person, and the channel of later visits that no mail brought.
    acquisition: dict[str, float] = field(
        default_factory=lambda: {
            "direct": 0.20,
            "organic_search": 0.26,
            "paid_search": 0.16,
            "organic_social": 0.09,
            "paid_social": 0.12,
            "affiliates": 0.05,
            "referral": 0.07,
            "display": 0.05,
        }
    )
    returning: dict[str, float] = field(
        default_factory=lambda: {
            "direct": 0.50,
            "organic_search": 0.25,
            "paid_search": 0.10,
            "organic_social": 0.05,
            "paid_social": 0.05,
            "affiliates": 0.02,
            "referral": 0.03,
            "display": 0.0,
        }
    )

    @property
    def purchase(self) -> float:
        """Half of the people are shown each checkout."""
        return (self.purchase_control + self.purchase_one_page) / 2

    @property
    def void(self) -> float:
        """A person's order attempt comes to nothing: cancelled or refunded in full."""
        return self.cancelled + self.fully_refunded

    @property
    def advocacy_probability(self) -> float:
        """A retained person gives at least one advocacy signal."""
        promoter = self.answers_nps * sum(self.nps_scores[9:])
        praise = self.reviews * sum(self.review_scores[3:])
        return 1 - (1 - promoter) * (1 - praise) * (1 - self.refers) * (1 - self.shares)

    def repeat(self, week: int | np.ndarray) -> float | np.ndarray:
        """A retained person orders again in rolling week `week` (from 1) after the first order."""
        return self.repeat_start * self.repeat_decay ** (week - 1) + self.repeat_floor

    def weekly_retention(self, week: int) -> float:
        """A customer, retained or not, orders in rolling week `week`."""
        return float(self.retention * self.repeat(week))

    def monthly_retention(self, month: int) -> float:
        """A customer orders in the rolling 30 days `month` (from 1).

        A repeat order falls on each day of its week alike, so a month takes a part of its first
        and last weeks.
        """
        weeks, days = np.unique(np.arange(30 * month, 30 * month + 30) // 7, return_counts=True)
        return float(self.retention * (1 - np.prod(1 - self.repeat(weeks) * days / 7)))
