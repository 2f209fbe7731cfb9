"""Stage entries in a stage model's names, and the steps between them, counted."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from .people import Person
from .periods import Calendar
from .quantiles import quantile
from .seeds import LAPSED
from .stages import Entry

START = "start"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class StageModel:
    """One vocabulary: its own stages in order, and what each canonical stage is called."""

    def __init__(self, name: str, names: dict[str, str]):
        self.name = name
        self.names = names
        self.stages = list(dict.fromkeys(names.values()))

    def position(self, stage: str) -> int:
        return self.stages.index(stage) + 1

    def entries(self, entries: list[Entry]) -> list[Entry]:
        """The mapped entries; one that repeats the stage before it collapses into that."""
        said: list[Entry] = []
        for entry in entries:
            stage = LAPSED if entry.stage == LAPSED else self.names[entry.stage]
            if not said or said[-1].stage != stage:
                said.append(Entry(stage, entry.entered_at, entry.touchpoint))
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    stage_model: str
    person: Person
    transition_number: int
    from_stage: str
    to_stage: str
    transitioned_at: datetime
    entered_from_at: datetime | None
    direction: str
    skipped_stages: int
    entry: Entry

    @property
    def duration(self) -> timedelta | None:
        if self.entered_from_at is None:
            return None
        return self.transitioned_at - self.entered_from_at


def transitions_of(person: Person, model: StageModel) -> list[Transition]:
    transitions = []
    previous: Entry | None = None
    for number, entry in enumerate(model.entries(person.entries), start=1):
        from_stage = START if previous is None else previous.stage
        direction, skipped = direction_of(model, from_stage, entry.stage)
        transitions.append(
            Transition(
                stage_model=model.name,
                person=person,
                transition_number=number,
                from_stage=from_stage,
                to_stage=entry.stage,
                transitioned_at=entry.entered_at,
                entered_from_at=None if previous is None else previous.entered_at,
                direction=direction,
                skipped_stages=skipped,
                entry=entry,
            )
        )
        previous = entry
    return transitions


def direction_of(model: StageModel, from_stage: str, to_stage: str) -> tuple[str, int]:
    if from_stage == START:
        return "enter", 0
    if to_stage == LAPSED:
        return "lapse", 0
    if from_stage == LAPSED:
        return "return", 0
    steps = model.position(to_stage) - model.position(from_stage)
    if steps < 0:
        return "back", 0
    return ("forward", 0) if steps == 1 else ("skip", steps - 1)


def transition_matrix(
    people: list[Person],
    transitions: list[Transition],
    models: list[StageModel],
    calendar: Calendar,
) -> dict[tuple, dict]:
    """Keys: stage_model, month, acquisition_channel, from_stage, to_stage; None is overall."""
    cells: dict[tuple, list[Transition]] = defaultdict(list)
    out_of: dict[tuple, int] = defaultdict(int)
    for transition in transitions:
        months = (calendar.month(transition.transitioned_at), None)
        channels = (transition.person.acquisition_channel, None)
        for month, channel in product(months, channels):
            start = (transition.stage_model, month, channel, transition.from_stage)
            cells[*start, transition.to_stage].append(transition)
            out_of[start] += 1
    still_in = people_still_in(people, models)

    matrix = {}
    for (model, month, channel, from_stage, to_stage), cell in cells.items():
        hours = [each.duration / HOUR for each in cell if each.duration is not None]
        matrix[model, month, channel, from_stage, to_stage] = {
            "transitions": len(cell),
            "people": len({each.person.person_id for each in cell}),
            "share_of_from": len(cell) / out_of[model, month, channel, from_stage],
            "people_still_in_from": (
                still_in.get((model, channel, from_stage), 0)
                if month is None and from_stage != START  # no one is in start
                else None
            ),
            "median_hours": quantile(hours, 0.5),
            "p90_hours": quantile(hours, 0.9),
            "is_small": len(cell) < 30,
        }
    return matrix


def people_still_in(people: list[Person], models: list[StageModel]) -> dict[tuple, int]:
    """People by stage_model, acquisition channel (or overall) and the stage they are in."""
    counts: dict[tuple, int] = defaultdict(int)
    for person, model in product(people, models):
        entries = model.entries(person.entries)
        if entries:
            for channel in (person.acquisition_channel, None):
                counts[model.name, channel, entries[-1].stage] += 1
    return counts


def stage_occupancy(
    people: list[Person], models: list[StageModel], as_of: datetime
) -> dict[tuple, dict]:
    """Keys: stage_model, stage."""
    since: dict[tuple, list[float]] = {
        (model.name, stage): [] for model in models for stage in [*model.stages, LAPSED]
    }
    for person, model in product(people, models):
        entries = model.entries(person.entries)
        if entries:
            since[model.name, entries[-1].stage].append((as_of - entries[-1].entered_at) / DAY)
    return {
        key: {
            "as_of": as_of,
            "people": len(days),
            "median_days_in_stage": quantile(days, 0.5),
        }
        for key, days in since.items()
    }
