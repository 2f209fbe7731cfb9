"""How far people came, stage by stage, by the month of their first touch."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from .people import Person
from .periods import Calendar
from .quantiles import quantile
from .run import Run
from .seeds import LAPSED
from .transitions import HOUR, StageModel


@dataclass(slots=True)
class Progress:
    """One person in one stage model."""

    entered: list[tuple[int, datetime]]  # (position, when), lapses left out
    is_lapsed: bool

    @property
    def furthest(self) -> int:
        return max(position for position, _ in self.entered)

    def first(self, wanted: Callable[[int], bool], since: datetime | None = None):
        """When a wanted position was first entered, at or after since."""
        times = [
            when
            for position, when in self.entered
            if wanted(position) and (since is None or when >= since)
        ]
        return min(times, default=None)


def stage_funnel(people: list[Person], models: list[StageModel], run: Run) -> dict[tuple, dict]:
    """Keys: stage_model, month, acquisition_channel, stage; None is overall."""
    calendar = Calendar(run.reporting_time_zone)
    funnel: dict[tuple, dict] = {}
    for model in models:
        slices: dict[tuple, list[Progress]] = defaultdict(list)
        for person in people:
            progress = progress_of(person, model)
            if progress is None:
                continue
            months = (calendar.month(person.first_touch_at), None)
            for month, channel in product(months, (person.acquisition_channel, None)):
                slices[month, channel].append(progress)
        for (month, channel), members in slices.items():
            for stage in model.stages:
                cell = funnel_cell(members, model, model.position(stage), run)
                funnel[model.name, month, channel, stage] = cell
    return funnel


def progress_of(person: Person, model: StageModel) -> Progress | None:
    entries = model.entries(person.entries)
    if not entries:
        return None
    return Progress(
        entered=[
            (model.position(entry.stage), entry.entered_at)
            for entry in entries
            if entry.stage != LAPSED
        ],
        is_lapsed=entries[-1].stage == LAPSED,
    )


def funnel_cell(members: list[Progress], model: StageModel, stage: int, run: Run) -> dict:
    is_last = stage == len(model.stages)
    entered = [each for each in members if each.furthest >= stage]
    converted = [each for each in entered if each.furthest > stage]
    dropped = [each for each in entered if each.furthest == stage and each.is_lapsed]
    observed = [each for each in members if any(position == stage for position, _ in each.entered)]
    hours = hours_onward(observed, stage)
    return {
        "entered": len(entered),
        "observed": len(observed),
        "converted": None if is_last else len(converted),
        "dropped": len(dropped),
        "still_open": len(entered) - len(converted) - len(dropped),
        "conversion_rate": None if is_last else ratio(len(converted), len(entered)),
        "drop_off_rate": None if is_last else ratio(len(dropped), len(entered)),
        "share_of_start": ratio(len(entered), len(members)),
        "conversion_rate_in_window": None if is_last else rate_within_window(entered, stage, run),
        "window_days": run.conversion_window_days,
        "median_hours": quantile(hours, 0.5),
        "mean_hours": ratio(sum(hours), len(hours)),
        "is_small": len(entered) < 30,
    }


def ratio(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def rate_within_window(entered: list[Progress], stage: int, run: Run) -> float | None:
    """Of the people whom the window has had time for, the share that got further within it."""
    window = timedelta(days=run.conversion_window_days)
    had_time, got_further = 0, 0
    for each in entered:
        first = each.first(lambda position: position >= stage)
        if first + window <= run.as_of:
            had_time += 1
            further = each.first(lambda position: position > stage, since=first)
            if further is not None and further < first + window:
                got_further += 1
    return ratio(got_further, had_time)


def hours_onward(observed: list[Progress], stage: int) -> list[float]:
    """From the first observed entry to the earliest entry of a later stage at or after it."""
    hours = []
    for each in observed:
        first = each.first(lambda position: position == stage)
        onward = each.first(lambda position: position > stage, since=first)
        if onward is not None:
            hours.append((onward - first) / HOUR)
    return hours
