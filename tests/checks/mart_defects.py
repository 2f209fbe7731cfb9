"""What is made wrong in each mart, and what must then reject it.

A rule stands once: a sentence of the mart's suite notices a defect, or a test of dbt's, which runs
before the gate.
"""

from collections.abc import Mapping

from tests.checks.defects import Defects
from tests.checks.defects_of_facts import FACTS
from tests.checks.defects_of_measures import MEASURES
from tests.checks.defects_of_stages import STAGES

MART_DEFECTS: Mapping[str, Defects] = {**FACTS, **STAGES, **MEASURES}

# Marts whose rows a test of dbt's misses when they are lost; of others their suite does.
ROWS_HELD_BY_DBT: Mapping[str, str] = {
    "visits": "assert_every_inbound_touchpoint_has_a_visit",
    "orders": "assert_people_have_the_orders_that_count",
    "lifecycle": "assert_active_people_are_new_returning_or_resurrected",
    "satisfaction": "assert_every_answer_is_in_every_slice",
    "experiment_results": "assert_people_in_an_experiment_have_one_variant",
    "journey_map": "assert_every_touch_is_on_the_map_once",
    "stage_transition_matrix": "assert_the_matrix_adds_up_to_the_transitions",
    "channel_attribution_by_order": "assert_every_model_credits_every_conversion_once",
}
