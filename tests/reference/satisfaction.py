"""What people answered, by the month and the stage they were in before, and by topic."""

from collections import defaultdict
from datetime import datetime
from itertools import product
from statistics import fmean

from .people import Person
from .periods import Calendar
from .rows import Feedback
from .run import Run
from .touchpoints import Touchpoint

NONE = "none"  # no stage yet, no topic given: null is what stands for overall
SMALL = 30


def satisfaction(
    feedback: list[Feedback], touchpoints: list[Touchpoint], people: list[Person], run: Run
) -> dict[tuple, dict]:
    """Keys: month, stage, topic (None: overall), kind."""
    calendar = Calendar(run.reporting_time_zone)
    whose = {each.touchpoint_id: each.person_id for each in touchpoints}
    by_id = {person.person_id: person for person in people}
    scores: dict[tuple, list[int]] = defaultdict(list)
    for row in feedback:
        person = by_id[whose[row.touchpoint_id]]
        month = calendar.month(row.occurred_at)
        stage = stage_before(person, row.occurred_at)
        topic = NONE if row.topic is None else row.topic
        for slice_ in product((month, None), (stage, None), (topic, None)):
            scores[*slice_, row.form].append(row.score)
    return {key: answers(key[-1], given) for key, given in scores.items()}


def stage_before(person: Person, instant: datetime) -> str:
    """The stage of the last entry before the instant: an answer that is itself an entry was given
    in the stage that it ends."""
    earlier = [entry.stage for entry in person.entries if entry.entered_at < instant]
    return earlier[-1] if earlier else NONE


def answers(form: str, scores: list[int]) -> dict:
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    low = 6 if form == "nps" else 2
    return {
        "responses": len(scores),
        "nps": 100 * (promoters - detractors) / len(scores) if form == "nps" else None,
        "csat": sum(score >= 4 for score in scores) / len(scores) if form == "csat" else None,
        "mean_score": fmean(scores),
        "low_share": sum(score <= low for score in scores) / len(scores),
        "is_small": len(scores) < SMALL,
    }
