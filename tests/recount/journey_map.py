"""What people touch in each stage and what comes of it, one person and one touch after another."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .people import Person
from .quantiles import quantile
from .run import Run
from .satisfaction import SMALL, stage_at
from .seeds import LAPSED, Note, Seeds
from .touchpoints import Touchpoint
from .transitions import HOUR, StageModel

WEEK = timedelta(days=7)
LOWER_IS_BETTER = {"drop_off_rate", "median_hours_in_stage", "support_tickets_7d"}


@dataclass(slots=True)
class Cell:
    """One stage of a stage model and one touchpoint."""

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
    """Keys: stage_model, stage, touchpoint."""
    table: dict[tuple, dict] = {}
    for model in models:
        cells: dict[tuple, Cell] = defaultdict(Cell)
        for person in people:
            add(person, model, cells, seeds)
        for note in seeds.notes:
            if note.stage_model == model.name:
                cells[note.stage, note.touchpoint]
        inhabitants: dict[str, set[str]] = defaultdict(set)
        for (stage, _), cell in cells.items():
            inhabitants[stage] |= cell.people
        for (stage, touchpoint), cell in cells.items():
            row = measured(cell, stage, model, len(inhabitants[stage]))
            note = seeds.note(model.name, stage, touchpoint)
            table[model.name, stage, touchpoint] = {
                "as_of": run.as_of,
                **row,
                **noted(note, row),
            }
    return table


def add(person: Person, model: StageModel, cells: dict[tuple, Cell], seeds: Seeds) -> None:
    touches = [touchpoint for visit in person.visits for touchpoint in visit.touchpoints]
    steps = model.entries(person.entries)
    last_touches = last_before_lapses(person, touches, seeds)
    for touch in touches:
        stage = stage_in(model, stage_at(person, touch.occurred_at))
        cell = cells[stage, touch.touchpoint]
        cell.people.add(person.person_id)
        cell.touches += 1
        cell.forward += moves_on(person, model, stage, touch.occurred_at)
        if touch.touchpoint_id in last_touches:
            cell.dropped.add(person.person_id)
        number = max(
            (n for n, s in enumerate(steps) if s.entered_at <= touch.occurred_at), default=-1
        )
        if 0 <= number < len(steps) - 1:
            stay = steps[number + 1].entered_at - steps[number].entered_at
            cell.stays[person.person_id, number] = stay / HOUR
        for other in touches:
            if touch.occurred_at <= other.occurred_at < touch.occurred_at + WEEK:
                if other.touchpoint in ("feedback:nps", "feedback:csat"):
                    cell.answers[other.touchpoint_id] = other
                if other.touchpoint == "support:opened" and other.occurred_at > touch.occurred_at:
                    cell.tickets.add(other.touchpoint_id)


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
        "nps": ratio(100 * (promoters - detractors), len(nps)),
        "csat": ratio(sum(score >= 4 for score in csat), len(csat)),
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

TRIALS = {
    "share_of_people": "stage_people",
    "forward_rate_7d": "touches",
    "drop_off_rate": "people",
}
# version -> (as_of, the map that it showed)
Published = dict[str, tuple[datetime, dict[tuple, dict]]]


def journey_map_changes(
    now: dict[tuple, dict], published: Published, run: Run
) -> dict[tuple, dict]:
    """Keys: stage_model, stage, touchpoint, metric, days_before."""
    models = {model for model, _, _ in now}
    table = {}
    for days in (7, 28):
        old_enough = [
            (as_of, version)
            for version, (as_of, _) in published.items()
            if as_of <= run.as_of - timedelta(days=days)
        ]
        as_of, version = max(old_enough, default=(None, None))
        before = published[version][1] if version else {}
        before = {key: row for key, row in before.items() if key[0] in models}
        for key in now.keys() | before.keys():
            for metric in TRIALS:
                table[*key, metric, days] = {
                    "as_of_before": as_of,
                    "touches": now[key]["touches"] if key in now else 0,
                    **compared(key, metric, now, before),
                }
    return table


def compared(key: tuple, metric: str, now: dict[tuple, dict], before: dict[tuple, dict]) -> dict:
    (value_now, trials_now), (value_before, trials_before) = (
        proportion(key, metric, shown) for shown in (now, before)
    )
    difference = p_value = None
    if value_now is not None and value_before is not None:
        difference = value_now - value_before
        p_value = two_proportions(value_now, trials_now, value_before, trials_before)
    touches = now[key]["touches"] if key in now else 0
    return {
        "value_now": value_now,
        "value_before": value_before,
        "difference": difference,
        "p_value": p_value,
        "is_news": p_value is not None and p_value < 0.01 and touches >= 100,
    }


def proportion(key: tuple, metric: str, shown: dict[tuple, dict]) -> tuple[float | None, int]:
    """The metric and what it is a share of. Whoever was in a stage did not meet what is missing."""
    if key in shown:
        return shown[key][metric], shown[key][TRIALS[metric]]
    if metric == "share_of_people":
        in_stage = (row["stage_people"] for other, row in shown.items() if other[:2] == key[:2])
        people = max(in_stage, default=0)
        return (0.0, people) if people else (None, 0)
    return None, 0


def two_proportions(share: float, trials: int, other: float, other_trials: int) -> float | None:
    pooled = (round(share * trials) + round(other * other_trials)) / (trials + other_trials)
    if pooled in (0, 1):
        return None
    error = math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / other_trials))
    return math.erfc(abs(share - other) / error / math.sqrt(2))
