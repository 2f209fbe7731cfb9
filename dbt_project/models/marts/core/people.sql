with people_touched as (
    select * from {{ ref('int_people_first_touched') }}
),

stage_entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

stages as (
    select * from {{ ref('stages') }}
),

profiles as (
    select * from {{ ref('int_people_profiled') }}
),

histories as (
    select * from {{ ref('int_purchase_histories_observed') }}
),

expected as (
    select * from {{ ref('int_purchases_expected') }}
),

worths as (
    select * from {{ ref('int_purchase_values_fitted') }}
),

expected_of_histories as (
    select
        repeat_purchases,
        recency_days,
        age_days,
        max(case when days_ahead = 90 then expected_purchases end) as expected_orders_90d,
        max(case when days_ahead = 365 then expected_purchases end) as expected_orders_365d
    from expected
    where span = 'whole'
    group by
        repeat_purchases,
        recency_days,
        age_days
),

-- the mean of all people and their own, weighted by how much is known of either
weighed as (
    select
        histories.person_id,
        histories.repeat_purchases,
        histories.recency_days,
        histories.age_days,
        worths.p * (worths.v + cast(histories.purchase_value as double))
        / (worths.p * histories.valued_purchases + worths.q - 1) as expected_worth
    from histories
    cross join worths
    where histories.span = 'whole'
),

buyers_valued as (
    select
        weighed.person_id,
        expected_of_histories.expected_orders_90d,
        expected_of_histories.expected_orders_365d,
        {{ money('expected_of_histories.expected_orders_365d * weighed.expected_worth') }}
            as expected_value_365d
    from weighed
    left join expected_of_histories
        on
            weighed.repeat_purchases = expected_of_histories.repeat_purchases
            and weighed.recency_days = expected_of_histories.recency_days
            and weighed.age_days = expected_of_histories.age_days
),

stages_reached as (
    select
        person_id,
        {{ value_at_max('stage', 'entry_number') }} as current_stage,
        max(stage_position) as furthest_position
    from stage_entries
    group by person_id
),

people as (
    select
        people_touched.person_id,
        people_touched.first_touch_at,
        people_touched.last_touch_at,
        profiles.acquisition_channel,
        profiles.acquisition_campaign,
        stages_reached.current_stage,
        stages.stage as furthest_stage,
        people_touched.visit_count,
        people_touched.order_count,
        people_touched.net_revenue,
        people_touched.first_order_at,
        people_touched.last_order_at,
        profiles.recency_score,
        profiles.frequency_score,
        profiles.monetary_score,
        profiles.persona,
        buyers_valued.expected_orders_90d,
        buyers_valued.expected_orders_365d,
        buyers_valued.expected_value_365d,
        profiles.country,
        profiles.device,
        profiles.marketing_consent
    from people_touched
    inner join profiles on people_touched.person_id = profiles.person_id
    left join stages_reached on people_touched.person_id = stages_reached.person_id
    left join stages on stages_reached.furthest_position = stages.stage_position
    left join buyers_valued on people_touched.person_id = buyers_valued.person_id
),

sorted as (
    select *
    from people
    order by person_id asc nulls last
)

select * from sorted
