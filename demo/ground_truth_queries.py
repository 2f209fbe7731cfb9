"""How each known probability is found again in the warehouse: a sentence and a query each.

Here: names, true values, SQL. Every query returns one row: `estimate`, `n` (trials) and
`standard_error` (by the true value); no trials give a null estimate. Not here: what was realised
or planted in one demo (truth).
"""

from dataclasses import asdict, dataclass
from datetime import timedelta

from demo import segment, sendgrid
from demo.feedback import CSAT, KINDS, NPS, REVIEW
from demo.mail import TESTED_NAME, TRANSACTIONAL_NAME
from demo.milestones import maturity_days
from demo.plan import Plan
from demo.window import Window

STAGES = ("awareness", "consideration", "intent", "purchase", "retention", "advocacy")
WEEKS = range(1, 9)
MONTHS = range(1, 3)
WINDOW_DAYS = 14  # of the experiment


@dataclass(frozen=True)
class Quantity:
    """A known value and the way to it."""

    name: str
    value: float
    meaning: str
    sql: str
    standard_error: str = "binomial: sqrt(value * (1 - value) / n)"

    def as_dict(self) -> dict:
        """For ground_truth.json."""
        return asdict(self)


def quantities(plan: Plan, window: Window) -> list[Quantity]:
    """Everything that can be recovered, in the order of the journey."""
    matured = matured_people(window)
    return [
        *progression(plan, matured),
        *experiment(plan, window),
        *retention(plan),
        *order_outcomes(plan),
        *mail_rates(plan),
        *opinions(plan, matured),
        *traffic(plan),
    ]


def rate(
    name: str, value: float, meaning: str, relation: str, trial: str, success: str
) -> Quantity:
    """Successes among the rows of a relation that are trials; both are SQL conditions."""
    sql = (
        f"select count(*) filter (where ({trial}) and ({success}))"
        f" / nullif(cast(count(*) filter (where {trial}) as double), 0) as estimate,"
        f" count(*) filter (where {trial}) as n,"
        f" sqrt({value!r} * (1 - {value!r})"
        f" / nullif(count(*) filter (where {trial}), 0)) as standard_error"
        f" from {relation}"
    )
    return Quantity(name, value, meaning, sql)


def matured_people(window: Window) -> str:
    """SQL: people whose journey had the time to end, with the position of their furthest stage."""
    until = window.date_of(window.days) - timedelta(days=maturity_days(window))
    positions = " ".join(
        f"when '{stage}' then {number}" for number, stage in enumerate(STAGES, start=1)
    )
    return (
        f"(select people.*, case furthest_stage {positions} end as position"
        f" from marts.people where first_touch_at < timestamp '{until.isoformat()} 00:00:00')"
        " as matured"
    )


def progression(plan: Plan, matured: str) -> list[Quantity]:
    """Conditional probabilities from stage to stage."""
    values = (
        plan.consideration,
        plan.intent,
        plan.purchase,
        plan.retention,
        plan.advocacy_probability,
    )
    return [
        rate(
            f"progression_to_{stage}",
            round(value, 12),
            f"Of the people whose furthest stage is {STAGES[number]} or beyond, the share that"
            f" reaches {stage} or beyond; people first seen early enough to have finished.",
            matured,
            f"position >= {number + 1}",
            f"position >= {number + 2}",
        )
        for number, (stage, value) in enumerate(zip(STAGES[1:], values, strict=True))
    ]


def experiment(plan: Plan, window: Window) -> list[Quantity]:
    """The two checkouts."""
    until = window.date_of(window.days) - timedelta(days=WINDOW_DAYS + 1)
    exposed = (
        "(select touchpoints.person_id, min_by(events.variant, events.occurred_at) as variant,"
        " min(events.occurred_at) as exposed_at, any_value(people.first_order_at) as first_order_at"
        " from staging.stg_web__events as events"
        " inner join marts.touchpoints as touchpoints on touchpoints.touchpoint_id ="
        " 'web_events:' || events.source || ':' || events.event_id"
        " inner join marts.people as people on people.person_id = touchpoints.person_id"
        f" where events.experiment = '{segment.EXPERIMENT}'"
        f" group by 1 having min(events.occurred_at) < timestamp '{until.isoformat()} 00:00:00')"
        " as exposed"
    )
    bought = f"first_order_at < exposed_at + interval {WINDOW_DAYS} day"
    values = dict(
        zip(segment.VARIANTS, (plan.purchase_control, plan.purchase_one_page), strict=True)
    )
    arms = [
        rate(
            f"purchase_after_checkout_{variant}",
            value,
            f"Of the people first shown the checkout '{variant}', the share with a counted order"
            f" within {WINDOW_DAYS} days.",
            exposed,
            f"variant = '{variant}'",
            bought,
        )
        for variant, value in values.items()
    ]
    half = rate(
        "share_shown_one_page",
        0.5,
        "The share of people in the checkout experiment who are shown the new one.",
        exposed,
        "true",
        f"variant = '{segment.VARIANTS[1]}'",
    )
    lift = Quantity(
        "lift_of_one_page",
        round(plan.purchase_one_page - plan.purchase_control, 12),
        "Difference of the two shares with an order.",
        f"""with arms as (
            select
                count(*) filter (where variant = 'control') as control,
                count(*) filter (where variant = 'one_page') as one_page,
                count(*) filter (where variant = 'control' and {bought}) as control_bought,
                count(*) filter (where variant = 'one_page' and {bought}) as one_page_bought
            from {exposed})
        select
            one_page_bought / nullif(cast(one_page as double), 0)
                - control_bought / nullif(cast(control as double), 0) as estimate,
            control + one_page as n,
            sqrt({values["control"] * (1 - values["control"])!r} / nullif(control, 0)
                + {values["one_page"] * (1 - values["one_page"])!r} / nullif(one_page, 0))
                as standard_error
        from arms""",
        "two proportions: the root of the sum of both arms' squared standard errors",
    )
    return [*arms, half, lift]


def retention(plan: Plan) -> list[Quantity]:
    """Repeat orders by rolling week and month since the first."""
    periods = [("week", week, plan.weekly_retention(week)) for week in WEEKS]
    periods += [("month", month, plan.monthly_retention(month)) for month in MONTHS]
    return [
        Quantity(
            f"order_retention_{grain}_{number}",
            round(value, 12),
            f"The share of customers who order again in rolling {grain} {number} after their first"
            " counted order.",
            "select sum(active_people) / nullif(cast(sum(cohort_size) as double), 0) as estimate,"
            " sum(cohort_size) as n,"
            f" sqrt({value * (1 - value)!r} / nullif(sum(cohort_size), 0)) as standard_error"
            " from marts.cohort_retention_overall"
            " where cohort_basis = 'first_order' and activity = 'order'"
            f" and grain = '{grain}' and \"window\" = 'rolling' and segment_type = 'all'"
            f" and period_number = {number}",
        )
        for grain, number, value in periods
    ]


def order_outcomes(plan: Plan) -> list[Quantity]:
    """What becomes of an order."""
    fates = (
        "(select orders.cancelled_at is not null as is_cancelled, orders.total_amount,"
        " coalesce(refunds.amount, 0) as refunded from staging.stg_orders__orders as orders"
        " left join (select order_id, sum(amount) as amount from staging.stg_refunds__refunds"
        " group by 1) as refunds on refunds.order_id = orders.order_id"
        " where not coalesce(orders.is_test, false)"
        " and orders.status not in ('voided', 'failed')) as fates"
    )
    in_full = "not is_cancelled and refunded >= total_amount"
    return [
        rate(
            "order_cancelled",
            plan.cancelled,
            "The share of paid orders that are cancelled.",
            fates,
            "true",
            "is_cancelled",
        ),
        rate(
            "order_refunded_in_full",
            plan.fully_refunded,
            "The share of paid orders that are refunded in full and not cancelled.",
            fates,
            "true",
            in_full,
        ),
        rate(
            "order_refunded_in_part",
            plan.partly_refunded,
            "Of the orders that are neither cancelled nor refunded in full, the share with a"
            " refund.",
            fates,
            f"not is_cancelled and not ({in_full})",
            "refunded > 0",
        ),
        rate(
            "order_attempt_void",
            round(plan.void, 12),
            "Of the orders of people with a counted order, the share that does not count.",
            "marts.touchpoints inner join marts.people using (person_id)",
            "touchpoint in ('order:placed', 'order:cancelled') and order_count > 0",
            "touchpoint = 'order:cancelled'",
        ),
    ]


def mail_rates(plan: Plan) -> list[Quantity]:
    """What becomes of a mail."""
    events = "staging.stg_email__events"
    usual = f"campaign not in ('{TRANSACTIONAL_NAME}', '{TESTED_NAME}')"
    news = f"campaign <> '{TRANSACTIONAL_NAME}'"
    human = "event_name = 'opened' and not coalesce(is_machine, false)"
    machine = "event_name = 'opened' and coalesce(is_machine, false)"

    def per(name: str, value: float, meaning: str, which: str, of: str, event: str) -> Quantity:
        # Each event is a row of its own, so trials and successes are counted apart.
        trials = f"count(*) filter (where {which} and {of})"
        sql = (
            f"select count(*) filter (where {which} and {event})"
            f" / nullif(cast({trials} as double), 0) as estimate, {trials} as n,"
            f" sqrt({value!r} * (1 - {value!r}) / nullif({trials}, 0)) as standard_error"
            f" from {events}"
        )
        return Quantity(name, value, meaning, sql)

    delivered, sent = "event_name = 'delivered'", "event_name = 'sent'"
    tested = f"campaign = '{TESTED_NAME}' and variant ="
    control, question = sendgrid.VARIANTS[1:]
    return [
        per("mail_bounced", plan.bounces, "Bounces per mail sent.", news, sent,
            "event_name = 'bounced'"),
        per("mail_machine_open", plan.machine_open, "Machine opens per mail delivered.", news,
            delivered, machine),
        per("mail_human_open", plan.human_open, "Opens by people per mail delivered.", usual,
            delivered, human),
        per("mail_click", plan.click, "Clicks per open by a person.", news, human,
            "event_name = 'clicked'"),
        per("mail_unsubscribe", plan.unsubscribe, "Unsubscribes per open by a person.", news,
            human, "event_name = 'unsubscribed'"),
        per(f"mail_human_open_{control}", plan.human_open_control,
            "Opens by people per mail delivered, first subject line of the tested campaign.",
            f"{tested} '{control}'", delivered, human),
        per(f"mail_human_open_{question}", plan.human_open_question,
            "Opens by people per mail delivered, second subject line of the tested campaign.",
            f"{tested} '{question}'", delivered, human),
    ]  # fmt: skip


def opinions(plan: Plan, matured: str) -> list[Quantity]:
    """Who answers, refers and asks, and which scores are given."""
    found = []
    for kind, scores, lowest in (
        (NPS, plan.nps_scores, 0),
        (CSAT, plan.csat_scores, 1),
        (REVIEW, plan.review_scores, 1),
    ):
        for number, value in enumerate(scores):
            found.append(
                rate(
                    f"{KINDS[kind]}_score_{number + lowest}",
                    value,
                    f"The share of {KINDS[kind]} answers with the score {number + lowest}.",
                    "staging.stg_feedback__responses",
                    f"feedback_kind = '{KINDS[kind]}'",
                    f"score = {number + lowest}",
                )
            )
    promoters, detractors = sum(plan.nps_scores[9:]), sum(plan.nps_scores[:7])
    spread = promoters + detractors - (promoters - detractors) ** 2
    found.append(
        Quantity(
            "nps",
            round(100 * (promoters - detractors), 12),
            "Percentage of scores 9 and 10 less percentage of scores 0 to 6.",
            "select 100.0 * avg(case when score >= 9 then 1.0 when score <= 6 then -1.0 else 0.0"
            " end) as estimate, count(*) as n,"
            f" 100.0 * sqrt({spread!r} / nullif(count(*), 0)) as standard_error"
            " from staging.stg_feedback__responses where feedback_kind = 'nps'",
            "100 * sqrt((p + d - (p - d)^2) / n), p promoters, d detractors",
        )
    )
    for name, value, touchpoint in (
        ("answers_nps", plan.answers_nps, "feedback:nps"),
        ("reviews", plan.reviews, "feedback:review"),
        ("refers", plan.refers, "referral:sent"),
        ("shares", plan.shares, "web:share"),
        ("opens_ticket", plan.support_ticket, "support:opened"),
    ):
        found.append(
            rate(
                f"retained_person_{name}",
                value,
                f"Of the people who reached retention or beyond, the share with '{touchpoint}';"
                " people first seen early enough to have finished.",
                matured,
                "position >= 5",
                "person_id in (select person_id from marts.touchpoints"
                f" where touchpoint = '{touchpoint}')",
            )
        )
    return found


def traffic(plan: Plan) -> list[Quantity]:
    """Channels of acquisition, and bots."""
    found = [
        rate(
            f"acquired_by_{channel}",
            value,
            f"The share of people whose first visit came by {channel}.",
            "marts.people",
            "first_touch_at is not null",
            f"acquisition_channel = '{channel}'",
        )
        for channel, value in plan.acquisition.items()
    ]
    found.append(
        rate(
            "bot_share",
            plan.bot_share,
            "The share of web touchpoints that are bots.",
            "marts.touchpoints",
            "touchpoint like 'web:%'",
            "is_bot",
        )
    )
    return found
