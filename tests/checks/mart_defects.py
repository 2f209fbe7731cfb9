"""What is made wrong in each mart, and what must then refuse it.

A rule stands once: a sentence of the mart's suite notices a defect, or a test of dbt's, which runs
before the gate.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Defects(NamedTuple):
    """Statements that break a mart, and the sentences and tests of dbt that fail then.

    A generic test is called by its kind and what it is about, as `one_row_per people`.
    """

    changes: list[str]
    sentences: list[str]
    dbt_tests: Sequence[str] = ()


MART_DEFECTS: Mapping[str, Defects] = {
    "people": Defects(
        [
            "update marts.people set net_revenue = 5 where order_count = 0",
            "update marts.people set last_touch_at = '2026-11-22' where order_count = 1",
            "update marts.people set acquisition_channel = 'fax' where order_count = 1",
            "insert into marts.people from marts.people where person_id = 'cust:1'",
            "update marts.people set person_id = '1' where order_count = 0",
            "update marts.people set current_stage = 'advocacy' where order_count = 0",
            "update marts.people set persona = 'lost', expected_orders_90d = 0.1"
            " where order_count = 0",
            "update marts.people set recency_score = 5, expected_orders_90d = 0.8"
            " where order_count = 1",
        ],
        [
            "No person without an order has revenue",
            "Last touches are before as_of",
            "Acquisition channels are those of the channel rules",
            "A person is a customer, an address or a device",
            "Stages are canonical stages or lapsed and no person is beyond their furthest",
            "Personas are those of the scores and scores those of buyers",
            "Equal buyers have equal scores and better ones no lower scores",
            "Expectations are of buyers",
            "Expected orders grow with the time that they look ahead",
        ],
        ["one_row_per people"],
    ),
    "days": Defects(
        [
            "insert into marts.days values ('2026-11-18', '2026-11-17', '2026-11-02')",
            "insert into marts.days from marts.days where calendar_date = '2026-11-20'",
        ],
        [
            "No day is missing",
            "Days begin with the first touch and end before as_of",
            "Weeks begin on the Monday at or before the day",
            "Months begin on their first day",
        ],
        ["one_row_per days"],
    ),
    "touchpoints": Defects(
        [
            "insert into marts.touchpoints from marts.touchpoints",
            "update marts.touchpoints set person_id = null, occurred_at = '2026-11-22'"
            " where touchpoint = 'order:placed'",
            "update marts.touchpoints set visit_id = 'x', person_id_basis = 'guess',"
            " stage = 'bliss' where touchpoint = 'email:sent'",
        ],
        [
            "Stages are the canonical ones",
        ],
        [
            "one_row_per touchpoints",
            "assert_nothing_happens_at_or_after_as_of",
            "assert_every_inbound_touchpoint_has_a_visit",
        ],
    ),
    "visits": Defects(
        [
            "update marts.visits set visit_number = 2 where person_id = 'cust:1'",
            "update marts.visits set ended_at = '2026-11-20 08:00' where person_id = 'anon:d2'",
            "update marts.visits set is_overlong = true where person_id = 'cust:1'",
        ],
        [
            "Visits are named by their person and number",
            "Visits end at or after their start",
            "Visits of more than a day are flagged and no others",
        ],
        ["assert_visits_are_numbered_without_gaps"],
    ),
    "orders": Defects(
        [
            "insert into marts.orders by name select * replace ('orders:shop:o2' as touchpoint_id,"
            " 'o2' as order_id, 3 as order_number, 12.00 as net_revenue,"
            " date '2026-11-23' as ordered_date) from marts.orders",
            "insert into marts.orders by name select * replace ('orders:shop:o3' as touchpoint_id,"
            " 'o3' as order_id, 'fax' as channel, -1 as refunded_amount, -1 as net_revenue,"
            " 'cust:2' as person_id) from marts.orders where order_id = 'o1'",
            "update marts.orders set is_counted = false where order_id = 'o1'",
        ],
        [
            "Orders are on their day of the reporting time zone",
            "Counted orders are the placed ones among the touchpoints",
            "Counted orders of a person are numbered from one without gaps",
            "What follows from the number of an order agrees with it",
            "Refunded amounts are not negative",
            "Net revenue is not negative",
            "Net revenue is at most the net amount",
            "Channels are those of the channel rules",
        ],
    ),
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
    "cohort_retention": Defects(
        [
            "update marts.cohort_retention set active_people = 2 where period_number = 1",
            "update marts.cohort_retention set active_people = 0"
            " where cohort_basis = 'first_order' and period_number = 0",
            "update marts.cohort_retention set retention_rate = 1 where not is_complete",
            "insert into marts.cohort_retention from marts.cohort_retention where not is_complete",
        ],
        [
            "Rates are shares of complete cells and null in others",
            "Periods run from 0 without gaps",
        ],
        [
            "assert_active_people_are_in_their_cohort",
            "assert_everybody_ordered_in_the_period_of_their_first_order",
            "one_row_per cohort_retention",
        ],
    ),
    "cohort_retention_overall": Defects(
        [
            "update marts.cohort_retention_overall set retention_rate = 0.5, cohorts = 2,"
            " cohort_size = 2 where period_number = 1",
            "update marts.cohort_retention_overall set active_people = 0 where period_number = 0",
        ],
        [
            "Later periods have fewer complete cohorts",
            "Rates are the weighted ones",
            "Period 0 of orders since the first order is the cohorts themselves",
        ],
    ),
    "channel_attribution": Defects(
        [
            "update marts.channel_attribution set conversions = 0.5, revenue = 4.00"
            " where attribution_model = 'last' and month is null and channel = 'email'",
            "delete from marts.channel_attribution"
            " where attribution_model = 'shapley' and month is not null",
            "update marts.channel_attribution set cost = 3.00 where attribution_model = 'first'"
            " and channel = 'email'",
            "update marts.channel_attribution set removal_effect = 0.2"
            " where attribution_model = 'linear'",
            "update marts.channel_attribution set roas = 1 where channel = 'direct'",
        ],
        [
            "Every cell has all eight models",
            "Every model credits all orders and all revenue",
            "A cost is a cost whatever the model",
            "Removal effects are shares and belong to the overall rows of markov",
            "Ratios are those of their parts and null where there is nothing to divide by",
        ],
        ["assert_months_of_attribution_add_up_to_the_overall_rows"],
    ),
    "channel_attribution_by_order": Defects(
        [
            "update marts.channel_attribution_by_order set credit = 0.5"
            " where attribution_model = 'linear'",
            "update marts.channel_attribution_by_order set revenue_credit = 7.99"
            " where attribution_model = 'position'",
            "delete from marts.channel_attribution_by_order where attribution_model = 'markov'",
            "insert into marts.channel_attribution_by_order by name select * replace ("
            "'orders:shop:o2' as touchpoint_id, null as visit_id, 'fax' as channel)"
            " from marts.channel_attribution_by_order where attribution_model = 'last'",
            "update marts.channel_attribution_by_order set ordered_at = '2026-11-20 09:00'"
            " where attribution_model = 'shapley'",
        ],
        [
            "What has no touch is wholly unattributed and nothing else is",
            "Channels are those of the channel rules",
            "Touches are visits that had begun by the order",
        ],
        [
            "assert_every_model_credits_every_conversion_once",
            "assert_only_counted_orders_are_credited",
        ],
    ),
    "journey_paths": Defects(
        [
            "update marts.journey_paths set paths = 2, people = 2 where path = 'awareness'",
            "update marts.journey_paths set conversion_rate = 0.5, median_days = null"
            " where path = 'awareness > purchase'",
            "update marts.journey_paths set paths = 5, conversions = 5 where path = 'email'",
            "insert into marts.journey_paths values ('channel', '(other)', 1, 1, 0, 0, null)",
        ],
        [
            "Every person who entered a stage is on one path of stages",
            "Rates are the shares of paths that led to an order",
            "Paths that led to an order took some time and others are not timed",
            "Paths of channels lead to no more orders than there are",
            "A thousand paths are listed and only the rest is other",
        ],
    ),
    "satisfaction": Defects(
        [
            "update marts.satisfaction set nps = 120 where month is null and stage is null",
            "update marts.satisfaction set stage = 'bliss', mean_score = 7, is_small = false"
            " where kind = 'csat' and stage is not null",
            "update marts.satisfaction set month = '2026-12-02' where topic is null",
            "insert into marts.satisfaction from marts.satisfaction where kind = 'nps'",
        ],
        [
            "Stages are the canonical ones",
            "NPS runs from -100 to 100",
            "Mean scores lie on the scale of their kind",
            "Slices have answers and small ones are flagged",
            "Months begin on their first day and not after as_of",
        ],
        ["one_row_per satisfaction"],
    ),
    "persona_profiles": Defects(
        [
            "insert into marts.persona_profiles from marts.persona_profiles"
            " where trait = 'device' and persona = 'lost'",
            "update marts.persona_profiles set people = 3 where trait is null and persona = 'lost'",
            "update marts.persona_profiles set trait = 'mood', order_count = 2"
            " where trait = 'country' and persona = 'lost'",
            "update marts.persona_profiles set index = 3 where trait = 'age_band'",
            "update marts.persona_profiles set is_small = false where trait = 'furthest_stage'",
            "update marts.persona_profiles set csat_responses = 4 where trait is null",
        ],
        [
            "Every persona and all people have a row with their number and revenue",
            "Traits are the described ones",
            "Every person has one value of each trait but for topics",
            "Shares are quotients of people and an index is a quotient of shares",
            "Personas of fewer than thirty people are flagged",
            "Measures are of a persona and not of a trait",
            "Measures lie within what they can be",
        ],
        ["one_row_per persona_profiles"],
    ),
    "referral_rates": Defects(
        [
            "update marts.referral_rates set customers = 2, referred_customers = 3"
            " where month = '2026-10-01'",
            "update marts.referral_rates set referral_rate = 0.5 where month = '2026-11-01'",
        ],
        [
            "No person refers without a referral and none is won without one",
            "Customers do not become fewer",
            "Rates are quotients of their counts",
        ],
    ),
    "experiment_results": Defects(
        [
            "update marts.experiment_results set mean = 1.5 where metric = 'conversion'"
            " and variant = 'b'",
            "update marts.experiment_results set ci_low = 0.2 where metric = 'visit'"
            " and variant = 'b'",
            "update marts.experiment_results set lift = 0.8, people = 36"
            " where metric = 'revenue' and variant = 'control'",
        ],
        [
            "Every variant has the three metrics over the same people",
            "Every metric has one control",
            "Shares of visitors and buyers are at most all",
            "Intervals lie around their lift and probabilities between 0 and 1",
            "Lifts are differences of the means",
        ],
    ),
    "lifecycle": Defects(
        [
            "update marts.lifecycle set people = 1 where state = 'dormant'",
            "update marts.lifecycle set state = 'asleep' where grain = 'week' and people = 0",
            "update marts.lifecycle set period_start = '2026-11-17' where grain = 'week'",
            "delete from marts.lifecycle where grain = 'day' and state = 'new'",
            "insert into marts.lifecycle select 'day', date '2026-10-01', 'new', 1",
        ],
        [
            "Only the dormant are negative",
            "Every period has the four states",
            "Periods begin with their first day and not after as_of",
            "No period is missing",
        ],
    ),
    "journey_map": Defects(
        [
            "insert into marts.journey_map from marts.journey_map where touchpoint = 'web:chat'",
            "update marts.journey_map set stage = 'Desire' where touchpoint = 'order:placed'",
            "update marts.journey_map set touches = 3 where touchpoint = 'order:placed'"
            " and period = 'overall'",
            "update marts.journey_map set people = 31, forward_rate_7d = 1.5, target_metric = null,"
            " as_of = '2026-11-23' where touchpoint = 'web:page_view'",
            "update marts.journey_map set csat = 0.5, period = '2026-13'"
            " where touchpoint = 'web:chat' and period = '2026-11'",
        ],
        [
            "Stages are those of the stage model",
            "Months add up to the overall touches",
            "Periods are months, the last 90 days and overall",
            "NPS and CSAT stand on five answers and fewer than thirty are flagged",
            "People are part of their stage and small rows are flagged",
            "Forward rates lie between nothing and all",
            "What no person touched is not measured",
            "Targets are held against what is measured",
            "The map describes the instant of this version",
        ],
        ["one_row_per journey_map", "assert_every_touch_is_on_the_map_once"],
    ),
    "journey_map_changes": Defects(
        [
            "delete from marts.journey_map_changes where touchpoint = 'order:placed'"
            " and metric = 'drop_off_rate'",
            "update marts.journey_map_changes set metric = 'nps' where touchpoint = 'web:chat'",
            "update marts.journey_map_changes set last_date = '2026-11-23', difference = 0.5"
            " where touchpoint = 'web:page_view' and comparison = 'last_28_days'",
            "update marts.journey_map_changes set p_value = 0.001, is_news = true"
            " where touchpoint = 'web:page_view' and comparison = 'last_month'",
        ],
        [
            "Every row of the map is compared in three metrics over two spans of time",
            "Metrics are the three shares",
            "Windows are as long as they are said to be and follow one another",
            "Differences are those of two shares",
            "News is what chance hardly does and a hundred people show",
        ],
        ["one_row_per journey_map_changes"],
    ),
    "data_quality": Defects(
        [
            "insert into marts.data_quality from marts.data_quality",
            "update marts.data_quality set severity = 'bad', asset = null",
        ],
        [
            "Every check has one row in a run",
            "Severities are critical, warning or info",
        ],
        ["never_null data_quality"],
    ),
}

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
