"""What is made wrong in marts that measure: cohorts, attribution, paths, experience, the map."""

from collections.abc import Mapping

from tests.checks.defects import Defects

MEASURES: Mapping[str, Defects] = {
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
