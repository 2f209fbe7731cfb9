"""The recount held against the marts, cell by cell."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .orders_mart import orders_mart
from .people import Person
from .recount import Recount, recount
from .seeds import LAPSED, Seeds, load_seeds
from .stages import Entry
from .transitions import HOUR
from .value import Fits, expectations
from .warehouse import read_mart, read_raw, read_run, read_table

MISSING = "(no such row)"
SCORES = ("recency_score", "frequency_score", "monetary_score")
Table = dict[tuple, dict]


@dataclass(frozen=True, slots=True)
class Difference:
    mart: str
    key: tuple
    column: str
    recounted: object
    found: object

    def __str__(self) -> str:
        key = ", ".join(str(part) for part in self.key)
        return f"{self.mart}[{key}].{self.column}: recounted {self.recounted}, found {self.found}"


@dataclass(slots=True)
class Comparison:
    differences: list[Difference]
    cells: dict[str, int]
    recount: Recount

    @property
    def total(self) -> int:
        return sum(self.cells.values())


def compare_data_dir(data_dir: Path) -> list[Difference]:
    """What a built data dir (raw/, run/, warehouse.duckdb) says otherwise than the recount."""
    return compare(Path(data_dir)).differences


def compare(data_dir: Path) -> Comparison:
    """Fitted parameters are given, not recounted; `value` says why."""
    recounted = recount(
        read_raw(data_dir),
        read_run(data_dir),
        load_seeds(data_dir / "dbt_project" / "seeds"),
        fits=read_fits(data_dir),
    )
    differences: list[Difference] = []
    cells: dict[str, int] = {}
    for mart, (keys, table) in TABLES.items():
        rows = read_mart(data_dir, mart)
        found = {tuple(row[key] for key in keys): row for row in rows}
        if len(found) != len(rows):
            differences.append(Difference(mart, (), "grain", "one row a key", "several"))
        expected = table(recounted)
        differences += differences_of(mart, expected, found)
        cells[mart] = sum(len(row) for row in expected.values())
    return Comparison(differences, cells, recounted)


def read_fits(data_dir: Path) -> Fits:
    rates = read_table(data_dir, "intermediate.int_purchase_rates_fitted")
    (worth,) = read_table(data_dir, "intermediate.int_purchase_values_fitted")
    return Fits(
        rates={
            row["span"]: tuple(row[name] for name in ("r", "alpha", "a", "b"))
            if row["is_fitted"]
            else None
            for row in rates
        },
        worth=tuple(worth[name] for name in ("p", "q", "v")) if worth["is_fitted"] else None,
    )


def differences_of(mart: str, expected: Table, found: Table) -> Iterable[Difference]:
    for key in expected.keys() - found.keys():
        yield Difference(mart, key, "*", expected[key], MISSING)
    for key in found.keys() - expected.keys():
        yield Difference(mart, key, "*", MISSING, found[key])
    for key in expected.keys() & found.keys():
        for column, value in expected[key].items():
            if not same(value, found[key][column]):
                yield Difference(mart, key, column, value, found[key][column])


def same(recounted: object, found: object) -> bool:
    """Equal; quotients and interpolated values to a relative 1e-9."""
    if isinstance(recounted, float) and isinstance(found, float):
        return math.isclose(recounted, found, rel_tol=1e-9, abs_tol=1e-12)
    if (recounted is None) != (found is None):
        return False
    return recounted == found


# ---------------------------------------------------------------- the recounted tables, keyed


def touchpoints_table(recounted: Recount) -> Table:
    return {
        (each.touchpoint_id,): {
            "person_id": each.person_id,
            "person_id_basis": each.person_id_basis,
            "person_id_latest": each.person_id_latest,
            "occurred_at": each.occurred_at,
            "touchpoint": each.touchpoint,
            "is_inbound": each.is_inbound,
            "is_bot": each.is_bot,
            "is_machine": each.is_machine,
            "score": each.score,
            "channel": each.channel,
            "campaign": each.campaign,
            "phase": each.phase,
            "stage": each.stage,
            "visit_number": each.visit_number,
            "visit_id": each.visit_id,
        }
        for each in recounted.touchpoints
    }


def visits_table(recounted: Recount) -> Table:
    return {
        (visit.visit_id,): {
            "person_id": person.person_id,
            "visit_number": visit.visit_number,
            "started_at": visit.started_at,
            "ended_at": visit.ended_at,
            "touchpoint_count": len(visit.touchpoints),
            "has_web": visit.has_web,
            "has_email": any(each.kind == "email_events" for each in visit.touchpoints),
            "is_overlong": visit.is_overlong,
            "channel": visit.channel,
            "campaign": visit.campaign,
        }
        for person in recounted.people
        for visit in person.visits
    }


def people_table(recounted: Recount) -> Table:
    nothing = dict.fromkeys(("expected_orders_90d", "expected_orders_365d", "expected_value_365d"))
    expected = (
        expectations(recounted.people, recounted.run, recounted.fits) if recounted.fits else {}
    )
    return {
        (person.person_id,): {
            "first_touch_at": person.first_touch_at,
            "last_touch_at": person.visits[-1].ended_at,
            "acquisition_channel": person.acquisition_channel,
            "acquisition_campaign": person.acquisition_campaign,
            "visit_count": len(person.visits),
            "order_count": len(person.orders),
            "first_order_at": person.orders[0].ordered_at if person.orders else None,
            "last_order_at": person.orders[-1].ordered_at if person.orders else None,
            "net_revenue": person.net_revenue,
            "current_stage": person.entries[-1].stage if person.entries else None,
            "furthest_stage": furthest_stage(person, recounted.seeds),
            **dict(zip(SCORES, person.scores or (None, None, None), strict=True)),
            "persona": person.persona,
            **expected.get(person.person_id, nothing),
            "country": person.country,
            "device": person.device,
            "marketing_consent": person.marketing_consent,
        }
        for person in recounted.people
    }


def furthest_stage(person: Person, seeds: Seeds) -> str | None:
    entered = {entry.stage for entry in person.entries} - {LAPSED}
    return max(entered, key=seeds.position, default=None)


def stage_names_table(recounted: Recount) -> Table:
    in_order = list(recounted.run.stage_models or recounted.seeds.models)
    return {
        (model.name, canonical): {
            "stage_model_number": in_order.index(model.name) + 1,
            "is_default": model.name == in_order[0],
            "canonical_position": number,
            "stage": name,
            "stage_position": model.position(name),
        }
        for model in recounted.models
        for number, (canonical, name) in enumerate(model.names.items(), start=1)
    }


def stage_entries_table(recounted: Recount) -> Table:
    return {
        (person.person_id, number): {
            "stage": entry.stage,
            "entered_at": entry.entered_at,
            **trigger(person, entry),
        }
        for person in recounted.people
        for number, entry in enumerate(person.entries, start=1)
    }


def trigger(person: Person, entry: Entry) -> dict:
    """What made a person enter a stage; nothing made them lapse."""
    if entry.touchpoint is None:
        names = ("touchpoint_id", "touchpoint", "visit_number", "channel", "campaign")
        return dict.fromkeys(names)
    visit = person.visits[entry.touchpoint.visit_number - 1]
    return {
        "touchpoint_id": entry.touchpoint.touchpoint_id,
        "touchpoint": entry.touchpoint.touchpoint,
        "visit_number": visit.visit_number,
        "channel": visit.channel,
        "campaign": visit.campaign,
    }


def stage_transitions_table(recounted: Recount) -> Table:
    return {
        (each.stage_model, each.person.person_id, each.transition_number): {
            "from_stage": each.from_stage,
            "to_stage": each.to_stage,
            "transitioned_at": each.transitioned_at,
            "entered_from_at": each.entered_from_at,
            "hours_in_from_stage": None if each.duration is None else each.duration / HOUR,
            "direction": each.direction,
            "skipped_stages": each.skipped_stages,
            **trigger(each.person, each.entry),
        }
        for each in recounted.transitions
    }


COHORT_KEY = (
    "cohort_basis",
    "activity",
    "grain",
    "window",
    "segment_type",
    "segment",
    "cohort_start",
    "period_number",
)
MAP_KEY = ("stage_model", "stage", "touchpoint")
TABLES: dict[str, tuple[tuple[str, ...], Callable[[Recount], Table]]] = {
    "touchpoints": (("touchpoint_id",), touchpoints_table),
    "visits": (("visit_id",), visits_table),
    "people": (("person_id",), people_table),
    "orders": (("touchpoint_id",), orders_mart),
    "stage_names": (("stage_model", "canonical_stage"), stage_names_table),
    "stage_entries": (("person_id", "entry_number"), stage_entries_table),
    "stage_transitions": (
        ("stage_model", "person_id", "transition_number"),
        stage_transitions_table,
    ),
    "stage_transition_matrix": (
        ("stage_model", "month", "acquisition_channel", "from_stage", "to_stage"),
        Recount.transition_matrix,
    ),
    "stage_occupancy": (("stage_model", "stage"), Recount.stage_occupancy),
    "stage_funnel": (
        ("stage_model", "month", "acquisition_channel", "stage"),
        Recount.stage_funnel,
    ),
    "cohort_retention": (COHORT_KEY, Recount.cohort_retention),
    "cohort_retention_overall": (
        tuple(key for key in COHORT_KEY if key != "cohort_start"),
        Recount.cohort_retention_overall,
    ),
    "satisfaction": (("month", "stage", "topic", "kind"), Recount.satisfaction),
    "persona_profiles": (("persona", "trait", "value"), Recount.persona_profiles),
    "referral_rates": (("month",), Recount.referral_rates),
    "days": (("calendar_date",), Recount.days),
    "lifecycle": (("grain", "period_start", "state"), Recount.lifecycle),
    "journey_map": (("period", *MAP_KEY), Recount.journey_map),
    "journey_map_changes": ((*MAP_KEY, "metric", "comparison"), Recount.journey_map_changes),
    "experiment_results": (("experiment", "metric", "variant"), Recount.experiment_results),
}
