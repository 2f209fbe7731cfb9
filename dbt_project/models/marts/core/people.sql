with people_touched as (
    select * from {{ ref('int_people_first_touched') }}
),

stage_entries as (
    select * from {{ ref('int_stage_entries_derived') }}
),

stages as (
    select * from {{ ref('stages') }}
),

buyers as (
    select * from {{ ref('int_buyers_scored') }}
),

buyers_valued as (
    select * from {{ ref('int_buyers_valued') }}
),

characters as (
    select * from {{ ref('int_people_characterized') }}
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
        characters.acquisition_channel,
        characters.acquisition_campaign,
        stages_reached.current_stage,
        stages.stage as furthest_stage,
        people_touched.visit_count,
        coalesce(buyers.order_count, 0) as order_count,
        coalesce(buyers.net_revenue, cast(0 as decimal(18, 2))) as net_revenue,
        buyers.first_order_at,
        buyers.last_order_at,
        buyers.recency_score,
        buyers.frequency_score,
        buyers.monetary_score,
        characters.persona,
        buyers_valued.expected_orders_90d,
        buyers_valued.expected_orders_365d,
        buyers_valued.expected_value_365d,
        characters.country,
        characters.device,
        characters.marketing_consent
    from people_touched
    inner join characters on people_touched.person_id = characters.person_id
    left join stages_reached on people_touched.person_id = stages_reached.person_id
    left join stages on stages_reached.furthest_position = stages.stage_position
    left join buyers on people_touched.person_id = buyers.person_id
    left join buyers_valued on people_touched.person_id = buyers_valued.person_id
),

sorted as (
    select *
    from people
    order by person_id asc nulls last
)

select * from sorted
