"""From raw rows to every recounted table, one step after another."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .channels import campaign_of, channel_of
from .cohorts import cohort_retention, cohort_retention_overall
from .current import current_rows, known_customers
from .days import days
from .experiments import experiment_results
from .funnel import stage_funnel
from .identity import Identity, collected_evidence
from .journey_map import journey_map, journey_map_changes
from .lifecycle import lifecycle
from .orders import SettledOrder, settled_orders
from .people import Person, all_people
from .periods import Calendar
from .personas import persona_profiles
from .referrals import referral_rates
from .rows import Customer, Raw
from .run import Run
from .satisfaction import satisfaction
from .seeds import Seeds
from .touchpoints import Touchpoint, all_touchpoints
from .transitions import StageModel, Transition, stage_occupancy, transition_matrix, transitions_of
from .value import Fits, expectations

# touchpoint_id -> (channel, campaign)
Channels = Mapping[str, tuple[str | None, str | None]]


@dataclass(kw_only=True)
class Recount:
    current: Raw
    identity: Identity
    orders: list[SettledOrder]
    touchpoints: list[Touchpoint]
    people: list[Person]
    customers: list[Customer]  # of each the latest version
    models: list[StageModel]
    run: Run
    seeds: Seeds
    fits: Fits | None = None

    def person(self, person_id: str) -> Person:
        return next(person for person in self.people if person.person_id == person_id)

    @cached_property
    def transitions(self) -> list[Transition]:
        return [
            transition
            for person in self.people
            for model in self.models
            for transition in transitions_of(person, model)
        ]

    def transition_matrix(self) -> dict:
        calendar = Calendar(self.run.reporting_time_zone)
        return transition_matrix(self.people, self.transitions, self.models, calendar)

    def stage_occupancy(self) -> dict:
        return stage_occupancy(self.people, self.models, self.run.as_of)

    def stage_funnel(self) -> dict:
        return stage_funnel(self.people, self.models, self.run)

    @cached_property
    def cohorts(self) -> dict:
        return cohort_retention(self.people, self.run, self.seeds)

    def cohort_retention(self) -> dict:
        return self.cohorts

    def cohort_retention_overall(self) -> dict:
        return cohort_retention_overall(self.cohorts)

    def satisfaction(self) -> dict:
        return satisfaction(self.current["feedback"], self.touchpoints, self.people, self.run)

    def persona_profiles(self) -> dict:
        owners = {each.touchpoint_id: each.person_id for each in self.touchpoints}
        expected = expectations(self.people, self.run, self.fits) if self.fits else {}
        return persona_profiles(
            self.people, self.current, self.customers, owners, expected, self.run, self.seeds
        )

    def referral_rates(self) -> dict:
        return referral_rates(self.current["referrals"], self.people, self.identity, self.run)

    def lifecycle(self) -> dict:
        return lifecycle(self.people, self.run)

    def days(self) -> dict:
        return days(self.people, self.run)

    @cached_property
    def map_now(self) -> dict:
        return journey_map(self.people, self.models, self.run, self.seeds)

    def journey_map(self) -> dict:
        return self.map_now

    def journey_map_changes(self) -> dict:
        return journey_map_changes(self.people, self.models, self.run, self.seeds)

    def experiment_results(self) -> dict:
        shares = self.seeds.experiment_shares
        return experiment_results(self.current, self.touchpoints, self.people, self.run, shares)


def recounted_channels(current: Raw, run: Run, seeds: Seeds) -> Channels:
    return {
        row.touchpoint_id: (channel_of(row, seeds.channels, run), campaign_of(row))
        for kind in ("web_events", "email_events", "interactions")
        for row in current[kind]
    }


def recount(
    raw: Raw,
    run: Run,
    seeds: Seeds,
    channels: Channels | None = None,
    fits: Fits | None = None,
) -> Recount:
    """`channels` are given where a test has no tags; else they are recounted too."""
    current = current_rows(raw, run.as_of)
    orders = settled_orders(current, run, seeds.rates, seeds.is_bot)
    evidence = collected_evidence(current, raw["customers"], run.as_of)
    identity = Identity(evidence, run.max_people_per_device)
    touchpoints = all_touchpoints(
        current, orders, identity, seeds.is_bot, {rule.touchpoint for rule in seeds.rules}
    )
    if channels is None:
        channels = recounted_channels(current, run, seeds)
    for touchpoint in touchpoints:
        found = channels.get(touchpoint.touchpoint_id, (None, None))
        touchpoint.channel, touchpoint.campaign = found
    customers = known_customers(raw, run)
    people = all_people(touchpoints, orders, customers, run, seeds)
    models = [
        StageModel(name, names)
        for name, names in seeds.models.items()
        if not run.stage_models or name in run.stage_models
    ]
    return Recount(
        current=current,
        identity=identity,
        orders=orders,
        touchpoints=touchpoints,
        people=people,
        customers=customers,
        models=models,
        run=run,
        seeds=seeds,
        fits=fits,
    )
