"""What is made wrong in the marts of stages: entries, transitions, occupancy, the funnel."""

from collections.abc import Mapping

from tests.checks.defects import Defects

STAGES: Mapping[str, Defects] = {
    "stage_names": Defects(
        [
            "update marts.stage_names set stage_model = 'other', stage = 'Nowhere'"
            " where canonical_stage = 'intent'",
            "update marts.stage_names set is_default = false where canonical_stage = 'purchase'",
        ],
        [
            "One stage model is the default",
            "The default is the first of the setting",
            "Every stage model names every canonical stage",
            "Every stage named is one that people can be in",
            "Stages are placed from one without gaps",
        ],
    ),
    "stage_entries": Defects(
        [
            "update marts.stage_entries set entry_number = 3 where entry_number = 2",
            "update marts.stage_entries set stage = 'lapsed' where person_id = 'anon:d2'",
        ],
        [
            "Entries are numbered from one without gaps",
            "No person lapses first or twice in a row and entries follow in time",
            "Only a lapse has no touchpoint",
        ],
    ),
    "stage_transitions": Defects(
        [
            "update marts.stage_transitions set from_stage = 'Intent', to_stage = 'Desire'"
            " where transition_number = 2",
            "update marts.stage_transitions set direction = 'jump' where person_id = 'anon:d2'",
        ],
        [
            "Stages are those of the stage model",
            "Directions agree with the stages",
        ],
        [
            "assert_transitions_of_a_person_chain",
            "accepted_values stage_transitions.direction",
        ],
    ),
    "stage_transition_matrix": Defects(
        [
            "update marts.stage_transition_matrix set share_of_from = 0.9, people = 3"
            " where month is null and from_stage = 'start'",
            "update marts.stage_transition_matrix set transitions = 2, p90_hours = 0.1"
            " where month is null and from_stage = 'Awareness'",
        ],
        [
            "The shares out of a stage sum to all of them",
            "People do not outnumber their transitions",
            "Months sum to the overall slice",
            "Stays are not negative and the ninetieth percentile is no shorter than the median",
        ],
    ),
    "stage_occupancy": Defects(
        [
            "update marts.stage_occupancy set people = 2 where stage = 'Awareness'",
            "delete from marts.stage_occupancy where stage = 'Intent'",
            "update marts.stage_occupancy set as_of = '2026-11-21' where stage = 'lapsed'",
        ],
        [
            "Every stage model has its stages and lapsed",
            "Stages are occupied as of the instant of this version",
        ],
        ["assert_occupancy_counts_every_person_once"],
    ),
    "stage_funnel": Defects(
        [
            "update marts.stage_funnel set entered = 3 where stage = 'Purchase' and month is null",
            "update marts.stage_funnel set conversion_rate = 1.5 where stage = 'Intent'",
        ],
        [
            "Months sum to the overall slice",
            "Conversion rates lie between nothing and all",
        ],
        ["assert_the_funnel_never_rises"],
    ),
}
