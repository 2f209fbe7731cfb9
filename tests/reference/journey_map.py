"""What people touch in each stage and what comes of it, one person and one touch after another."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .people import Person
from .periods import DAY, Calendar, later
from .quantiles import quantile
from .run import Run
from .satisfaction import NONE, SMALL
from .seeds import LAPSED, Note, Seeds
from .touchpoints import Touchpoint
from .transitions import HOUR, StageModel

WEEK = timedelta(days=7)
LOWER_IS_BETTER = {"drop_off_rate", "median_hours_in_stage", "support_tickets_7d"}
LEAST_ANSWERS = 5
OVERALL, RECENT = "overall", "last_90_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One touch in a stage of a stage model, and what came of it."""

    person: Person
    touchpoint: Touchpoint
    day: date
    stage: str
    moves_on: bool
    is_last: bool  # before a lapse


@dataclass(slots=True)
class Cell:
    """One stage of a stage model and one touchpoint, in one period."""

    people: set[str] = field(default_factory=set)
    touches: int = 0
    forward: int = 0
    dropped: set[str] = field(default_factory=set)
    stays: dict[tuple, float] = field(default_factory=dict)  # (person, step) -> hours
    answers: dict[str, Touchpoint] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)

    def scores(self, touchpoint: str) -> list[int]:
        return [each.score for each in self.answers.values() if each.touchpoint == touchpoint]


def journey_map(
    people: list[Person], models: list[StageModel], run: Run, seeds: Seeds
) -> dict[tuple, dict]:
    """Keys: period, stage_model, stage, touchpoint."""
    calendar = Calendar(run.reporting_time_zone)
    table: dict[tuple, dict] = {}
    periods = {OVERALL, RECENT}
    for person in people:
        for touchpoint in touched(person):
            periods |= periods_of(calendar.day(touchpoint.occurred_at), run)
    for model in models:
        cells: dict[tuple, Cell] = defaultdict(Cell)
        for person in people:
            add(person, model, cells, run, seeds)
        for note in seeds.notes:
            if note.stage_model == model.name:
                for period in periods:
                    cells[period, note.stage, note.touchpoint]
        inhabitants: dict[tuple, set[str]] = defaultdict(set)
        for (period, stage, _), cell in cells.items():
            inhabitants[period, stage] |= cell.people
        for (period, stage, touchpoint), cell in cells.items():
            row = measured(cell, stage, model, len(inhabitants[period, stage]))
            note = seeds.note(model.name, stage, touchpoint)
            table[period, model.name, stage, touchpoint] = {
                "as_of": run.as_of,
                **row,
                **noted(note, row),
            }
    return table


def periods_of(day: date, run: Run) -> set[str]:
    """A day's month, overall, and the last ninety days that ended before the day of as_of."""
    today = Calendar(run.reporting_time_zone).day(run.as_of)
    recent = {RECENT} if (today - day).days <= 90 else set()
    return {f"{day:%Y-%m}", OVERALL} | recent


def touched(person: Person) -> list[Touchpoint]:
    return [touchpoint for visit in person.visits for touchpoint in visit.touchpoints]


def touches_of(
    person: Person, model: StageModel, calendar: Calendar, seeds: Seeds
) -> Iterator[Touch]:
    last_touches = last_before_lapses(person, touched(person), seeds)
    for touchpoint in touched(person):
        stage = stage_in(model, stage_at(person, touchpoint.occurred_at))
        yield Touch(
            person=person,
            touchpoint=touchpoint,
            day=calendar.day(touchpoint.occurred_at),
            stage=stage,
            moves_on=moves_on(person, model, stage, touchpoint.occurred_at),
            is_last=touchpoint.touchpoint_id in last_touches,
        )


def add(
    person: Person, model: StageModel, cells: dict[tuple, Cell], run: Run, seeds: Seeds
) -> None:
    steps = model.entries(person.entries)
    for touch in touches_of(person, model, Calendar(run.reporting_time_zone), seeds):
        instant = touch.touchpoint.occurred_at
        for period in periods_of(touch.day, run):
            cell = cells[period, touch.stage, touch.touchpoint.touchpoint]
            cell.people.add(person.person_id)
            cell.touches += 1
            cell.forward += touch.moves_on
            if touch.is_last:
                cell.dropped.add(person.person_id)
            number = max((n for n, s in enumerate(steps) if s.entered_at <= instant), default=-1)
            if 0 <= number < len(steps) - 1:
                stay = steps[number + 1].entered_at - steps[number].entered_at
                cell.stays[person.person_id, number] = stay / HOUR
            for other in touched(person):
                if instant < other.occurred_at < instant + WEEK:
                    if other.touchpoint in ("feedback:nps", "feedback:csat"):
                        cell.answers[other.touchpoint_id] = other
                    if other.touchpoint == "support:opened":
                        cell.tickets.add(other.touchpoint_id)


def stage_at(person: Person, instant: datetime) -> str:
    """The stage of the last entry at or before the instant: a touch that is an entry is in it."""
    entered = [entry.stage for entry in person.entries if entry.entered_at <= instant]
    return entered[-1] if entered else NONE


def stage_in(model: StageModel, canonical_stage: str) -> str:
    return model.names.get(canonical_stage, canonical_stage)


def moves_on(person: Person, model: StageModel, stage: str, instant: datetime) -> bool:
    """Whether a later stage is entered after the instant and within a week."""
    here = model.position(stage) if stage in model.stages else 0
    return any(
        instant < entry.entered_at < instant + WEEK
        and model.position(model.names[entry.stage]) > here
        for entry in person.entries
        if entry.stage != LAPSED
    )


def last_before_lapses(person: Person, touches: list[Touchpoint], seeds: Seeds) -> set[str]:
    last = set()
    for entry in person.entries:
        if entry.stage == LAPSED:
            before = [each for each in touches if each.occurred_at < entry.entered_at]
            walked = max(
                before,
                key=lambda each: (each.occurred_at, seeds.position(each.stage), each.touchpoint_id),
            )
            last.add(walked.touchpoint_id)
    return last


def measured(cell: Cell, stage: str, model: StageModel, inhabitants: int) -> dict:
    nps, csat = cell.scores("feedback:nps"), cell.scores("feedback:csat")
    promoters, detractors = sum(s >= 9 for s in nps), sum(s <= 6 for s in nps)
    is_stage = stage in model.stages
    is_last = is_stage and model.position(stage) == len(model.stages)
    return {
        "stage_position": model.position(stage) if is_stage else None,
        "people": len(cell.people),
        "touches": cell.touches,
        "stage_people": inhabitants,
        "share_of_people": ratio(len(cell.people), inhabitants),
        "forward_rate_7d": None if is_last else ratio(cell.forward, cell.touches),
        "drop_off_rate": ratio(len(cell.dropped), len(cell.people)) if is_stage else None,
        "median_hours_in_stage": quantile(list(cell.stays.values()), 0.5),
        "nps": None if len(nps) < LEAST_ANSWERS else 100 * (promoters - detractors) / len(nps),
        "nps_responses": len(nps),
        "is_nps_small": len(nps) < SMALL,
        "csat": None
        if len(csat) < LEAST_ANSWERS
        else sum(score >= 4 for score in csat) / len(csat),
        "csat_responses": len(csat),
        "is_csat_small": len(csat) < SMALL,
        "support_tickets_7d": ratio(1000 * len(cell.tickets), cell.touches),
        "is_small": len(cell.people) < SMALL,
    }


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def noted(note: Note | None, row: dict) -> dict:
    if note is None:
        note = Note()
    actual = row[note.target_metric] if note.target_metric else None
    is_met = None
    if actual is not None and note.target is not None:
        lower = note.target_metric in LOWER_IS_BETTER
        is_met = actual <= note.target if lower else actual >= note.target
    return {
        "curated_goal": note.goal,
        "curated_emotion": note.emotion,
        "curated_opportunity": note.opportunity,
        "curated_owner": note.owner,
        "target_metric": note.target_metric,
        "target": note.target,
        "actual": None if actual is None else float(actual),
        "is_met": is_met,
    }


# ---------------------------------------------------------------- what moved

METRICS = ("share_of_people", "forward_rate_7d", "drop_off_rate")
COMPARISONS = ("last_28_days", "last_month")
LEAST_PEOPLE = 100
Days = tuple[date, date]  # the first and the last


def journey_map_changes(
    people: list[Person], models: list[StageModel], run: Run, seeds: Seeds
) -> dict[tuple, dict]:
    """Keys: stage_model, stage, touchpoint, metric, comparison."""
    calendar = Calendar(run.reporting_time_zone)
    table = {}
    for model in models:
        found = [touch for person in people for touch in touches_of(person, model, calendar, seeds)]
        begins = min((touch.day for touch in found), default=None)
        of_stage: dict[str, list[Touch]] = defaultdict(list)
        for touch in found:
            of_stage[touch.stage].append(touch)
        keys = {(touch.stage, touch.touchpoint.touchpoint) for touch in found}
        keys |= {
            (note.stage, note.touchpoint) for note in seeds.notes if note.stage_model == model.name
        }
        for stage, touchpoint in keys:
            for metric in METRICS:
                for comparison in COMPARISONS:
                    table[model.name, stage, touchpoint, metric, comparison] = compared(
                        of_stage[stage],
                        touchpoint,
                        metric,
                        is_last_stage=stage in model.stages
                        and model.position(stage) == len(model.stages),
                        windows=windows(metric, stage, comparison, model, run, seeds),
                        begins=begins,
                    )
    return table


def windows(
    metric: str, stage: str, comparison: str, model: StageModel, run: Run, seeds: Seeds
) -> tuple[Days, Days] | None:
    """The days of now and those before them, so long ago that what comes of a touch is known."""
    wait = {"share_of_people": 0, "forward_rate_7d": 7}.get(metric)
    if wait is None:
        lapses = [days for name, days in seeds.stages.items() if model.names[name] == stage]
        if not lapses:
            return None  # before a first stage and after a lapse no one lapses
        wait = max(lapses)
    day = Calendar(run.reporting_time_zone).day(run.as_of) - wait * DAY  # the first unknown one
    if comparison == "last_28_days":
        return (day - 28 * DAY, day - DAY), (day - 56 * DAY, day - 29 * DAY)
    month = day.replace(day=1)
    middle, first = later("month", month, -1), later("month", month, -2)
    return (middle, month - DAY), (first, middle - DAY)


def compared(
    of_stage: list[Touch],
    touchpoint: str,
    metric: str,
    *,
    is_last_stage: bool,
    windows: tuple[Days, Days] | None,
    begins: date | None,
) -> dict:
    if windows is None:
        return dict.fromkeys(
            ("first_date", "last_date", "first_date_before", "last_date_before", "value_now",
             "value_before", "difference", "p_value")
        ) | {"people": 0, "people_before": 0, "is_news": False}  # fmt: skip
    is_measured = begins is not None and windows[1][0] >= begins
    counts = [
        proportion(of_stage, touchpoint, metric, days)
        if begins is not None and days[0] >= begins
        else (0, 0)
        for days in windows
    ]
    shares = [
        hits / people if people and is_measured and not (is_last_stage and metric == METRICS[1])
        else None
        for hits, people in counts
    ]  # fmt: skip
    (_, people), (_, people_before) = counts
    difference = p_value = None
    if None not in shares:
        difference = shares[0] - shares[1]
        p_value = two_proportions(shares[0], people, shares[1], people_before)
    is_sure = p_value is not None and p_value < 0.01
    return {
        "first_date": windows[0][0],
        "last_date": windows[0][1],
        "first_date_before": windows[1][0],
        "last_date_before": windows[1][1],
        "people": people,
        "people_before": people_before,
        "value_now": shares[0],
        "value_before": shares[1],
        "difference": difference,
        "p_value": p_value,
        "is_news": is_sure and min(people, people_before) >= LEAST_PEOPLE,
    }


def proportion(of_stage: list[Touch], touchpoint: str, metric: str, days: Days) -> tuple[int, int]:
    """Of how many people it holds, and of how many people that is a share."""
    in_days = [touch for touch in of_stage if days[0] <= touch.day <= days[1]]
    own = [touch for touch in in_days if touch.touchpoint.touchpoint == touchpoint]
    if metric == "share_of_people":
        return counted(own), counted(in_days)
    if metric == "forward_rate_7d":
        return counted([touch for touch in own if touch.moves_on]), counted(own)
    return counted([touch for touch in own if touch.is_last]), counted(own)


def counted(touches: list[Touch]) -> int:
    return len({touch.person.person_id for touch in touches})


def two_proportions(share: float, trials: int, other: float, other_trials: int) -> float | None:
    pooled = (round(share * trials) + round(other * other_trials)) / (trials + other_trials)
    if pooled in (0, 1):
        return None
    error = math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / other_trials))
    return math.erfc(abs(share - other) / error / math.sqrt(2))
