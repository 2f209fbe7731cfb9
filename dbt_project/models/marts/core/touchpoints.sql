with touchpoints as (
    select * from {{ ref('int_touchpoints_signalled') }}
),

published as (
    select
        touchpoint_id,
        person_id,
        person_id_basis,
        person_id_latest,
        occurred_at,
        touchpoint,
        is_inbound,
        is_bot,
        is_machine,
        channel,
        campaign,
        device,
        country,
        order_id,
        score,
        phase,
        stage,
        visit_number,
        visit_id
    from touchpoints
),

-- A reader who looks for one person's journey then reads little.
sorted as (
    select *
    from published
    order by
        person_id asc nulls last,
        occurred_at asc nulls last,
        touchpoint_id asc nulls last
)

select * from sorted
