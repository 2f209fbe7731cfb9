{#- What a person has one of: the name of the trait, and the column of `described`. -#}
{% set traits = {
    'country': 'country',
    'age_band': 'age_band',
    'device': 'device',
    'acquisition_channel': 'acquisition_channel',
    'furthest_stage': 'furthest_stage',
    'current_stage': 'current_stage',
    'favourite_touchpoint': 'favourite_touchpoint',
} %}
{% set most_values = 20 %}
{% set month_microseconds = 30 * 86400000000 %}

with people as (
    select * from {{ ref('people') }}
),

orders as (
    select * from {{ ref('orders') }}
),

touchpoints as (
    select * from {{ ref('int_touchpoints_sessionized') }}
),

customers as (
    select * from {{ ref('stg_customers__versions') }}
),

tickets as (
    select * from {{ ref('stg_support__tickets') }}
),

feedback as (
    select * from {{ ref('stg_feedback__responses') }}
),

stage_rules as (
    select * from {{ ref('stage_rules') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

ages as (
    select
        'cust:' || customers.customer_id as person_id,
        extract(year from {{ last_date('settings') }}) - customers.birth_year as age
    from customers
    cross join settings
    where customers.is_current
),

age_bands as (
    select
        person_id,
        case
            when age between 0 and 17 then '0-17'
            when age between 18 and 24 then '18-24'
            when age between 25 and 34 then '25-34'
            when age between 35 and 44 then '35-44'
            when age between 45 and 54 then '45-54'
            when age between 55 and 64 then '55-64'
            when age between 65 and 120 then '65+'
        end as age_band
    from ages
),

-- Page views and the like say nothing of a person; what the rules of stages name does.
named_touchpoints as (
    select distinct touchpoint
    from stage_rules
    where touchpoint not like '%*'
),

touchpoints_counted as (
    select
        touchpoints.person_id,
        touchpoints.touchpoint,
        count(*) as touches
    from touchpoints
    inner join named_touchpoints on touchpoints.touchpoint = named_touchpoints.touchpoint
    where touchpoints.is_inbound
    group by touchpoints.person_id, touchpoints.touchpoint
),

touchpoints_ranked as (
    select
        person_id,
        touchpoint,
        row_number() over (
            partition by person_id
            order by touches desc nulls last, touchpoint asc nulls last
        ) as touchpoint_rank
    from touchpoints_counted
),

described as (
    select
        people.*,
        age_bands.age_band,
        favourites.touchpoint as favourite_touchpoint
    from people
    left join age_bands on people.person_id = age_bands.person_id
    left join touchpoints_ranked as favourites
        on people.person_id = favourites.person_id and favourites.touchpoint_rank = 1
),

persona_values as (
    {% for trait, attribute in traits.items() %}
    select
        persona,
        '{{ trait }}' as trait,
        coalesce({{ attribute }}, 'none') as trait_value,
        cast(count(*) as bigint) as people
    from described
    group by persona, coalesce({{ attribute }}, 'none')
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

topics as (
    select
        'support_topic' as trait,
        coalesce(topic, 'none') as trait_value,
        {{ touchpoint_id("'support_tickets'", 'source', 'ticket_id') }} as touchpoint_id
    from tickets

    union all

    select
        'feedback_topic' as trait,
        coalesce(topic, 'none') as trait_value,
        {{ touchpoint_id("'feedback'", 'source', 'feedback_id') }} as touchpoint_id
    from feedback
),

-- A person can have several topics, and none.
people_topics as (
    select distinct
        people.person_id,
        people.persona,
        topics.trait,
        topics.trait_value
    from topics
    inner join touchpoints on topics.touchpoint_id = touchpoints.touchpoint_id
    inner join people on touchpoints.person_id = people.person_id
),

values_sized as (
    select
        trait,
        trait_value,
        sum(people) as people
    from persona_values
    group by trait, trait_value

    union all

    select
        trait,
        trait_value,
        count(*) as people
    from people_topics
    group by trait, trait_value
),

values_ranked as (
    select
        trait,
        trait_value,
        row_number() over (
            partition by trait
            order by people desc nulls last, trait_value asc nulls last
        ) as size_rank
    from values_sized
),

values_named as (
    select
        trait,
        trait_value,
        case when size_rank <= {{ most_values }} then trait_value else 'other' end as named_value
    from values_ranked
),

cells as (
    select
        persona_values.persona,
        persona_values.trait,
        values_named.named_value as trait_value,
        cast(sum(persona_values.people) as bigint) as people
    from persona_values
    inner join values_named
        on
            persona_values.trait = values_named.trait
            and persona_values.trait_value = values_named.trait_value
    group by persona_values.persona, persona_values.trait, values_named.named_value

    union all

    select
        people_topics.persona,
        people_topics.trait,
        values_named.named_value as trait_value,
        cast(count(distinct people_topics.person_id) as bigint) as people
    from people_topics
    inner join values_named
        on
            people_topics.trait = values_named.trait
            and people_topics.trait_value = values_named.trait_value
    group by people_topics.persona, people_topics.trait, values_named.named_value
),

-- A person is of one persona: the people of all are the sum.
cells_and_overall as (
    select
        persona,
        trait,
        trait_value,
        people
    from cells

    union all

    select
        cast(null as {{ dbt.type_string() }}) as persona,
        trait,
        trait_value,
        cast(sum(people) as bigint) as people
    from cells
    group by trait, trait_value
),

orders_gaps as (
    select
        person_id,
        {{ microseconds_between(
            'lag(ordered_at) over (partition by person_id order by order_number asc nulls last)',
            'ordered_at'
        ) }} as gap_microseconds
    from orders
    where is_counted
),

answers_counted as (
    select
        person_id,
        sum(case when touchpoint = 'feedback:nps' then 1 else 0 end) as nps_responses,
        sum(case when touchpoint = 'feedback:nps' and score >= 9 then 1 else 0 end)
            as promoters,
        sum(case when touchpoint = 'feedback:nps' and score <= 6 then 1 else 0 end)
            as detractors,
        sum(case when touchpoint = 'feedback:csat' then 1 else 0 end) as csat_responses,
        sum(case when touchpoint = 'feedback:csat' and score >= 4 then 1 else 0 end)
            as satisfied
    from touchpoints
    where touchpoint in ('feedback:nps', 'feedback:csat')
    group by person_id
),

people_measured as (
    select
        people.*,
        {{ microseconds_between('people.first_touch_at', 'settings.as_of') }}
            as known_microseconds,
        coalesce(answers_counted.nps_responses, 0) as nps_responses,
        coalesce(answers_counted.promoters, 0) as promoters,
        coalesce(answers_counted.detractors, 0) as detractors,
        coalesce(answers_counted.csat_responses, 0) as csat_responses,
        coalesce(answers_counted.satisfied, 0) as satisfied
    from people
    cross join settings
    left join answers_counted on people.person_id = answers_counted.person_id
),

personas_measured as (
    {% for keeps_personas in (true, false) %}
    select
        {{ 'persona' if keeps_personas else 'cast(null as ' ~ dbt.type_string() ~ ') as persona' }},
        cast(count(*) as bigint) as people,
        cast(coalesce(sum(order_count), 0) as bigint) as order_count,
        cast(coalesce(sum(visit_count), 0) as bigint) as visit_count,
        cast(coalesce(sum(net_revenue), 0) as decimal(18, 2)) as net_revenue,
        cast(sum(cast(known_microseconds as decimal(38, 0))) as double) as known_microseconds,
        cast(coalesce(sum(nps_responses), 0) as bigint) as nps_responses,
        cast(sum(promoters) - sum(detractors) as bigint) as promoters_less_detractors,
        cast(coalesce(sum(csat_responses), 0) as bigint) as csat_responses,
        cast(sum(satisfied) as bigint) as satisfied,
        cast(count(expected_value_365d) as bigint) as valued_people,
        cast(sum(expected_value_365d) as decimal(18, 2)) as expected_value_365d
    from people_measured
    {{ 'group by persona' if keeps_personas }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

gaps_measured as (
    {% for keeps_personas in (true, false) %}
    select
        {{ 'people.persona' if keeps_personas
            else 'cast(null as ' ~ dbt.type_string() ~ ') as persona' }},
        {{ median('orders_gaps.gap_microseconds') }} as gap_microseconds
    from orders_gaps
    inner join people on orders_gaps.person_id = people.person_id
    where orders_gaps.gap_microseconds is not null
    {{ 'group by people.persona' if keeps_personas }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

everybody as (
    select
        people,
        net_revenue
    from personas_measured
    where persona is null
),

everybody_values as (
    select
        trait,
        trait_value,
        people
    from cells_and_overall
    where persona is null
),

profiles as (
    select
        personas_measured.persona,
        cast(null as {{ dbt.type_string() }}) as trait,
        cast(null as {{ dbt.type_string() }}) as value,
        personas_measured.people,
        cast(null as double) as share,
        cast(null as double) as share_of_everybody,
        cast(null as double) as index,
        personas_measured.people < 30 as is_small,
        cast(personas_measured.people as double) / nullif(everybody.people, 0) as share_of_people,
        personas_measured.net_revenue,
        cast(personas_measured.net_revenue as double)
        / nullif(cast(everybody.net_revenue as double), 0) as share_of_revenue,
        personas_measured.order_count,
        cast(personas_measured.order_count as double) * {{ month_microseconds }}
        / nullif(personas_measured.known_microseconds, 0) as orders_per_person_month,
        cast(personas_measured.visit_count as double) * {{ month_microseconds }}
        / nullif(personas_measured.known_microseconds, 0) as visits_per_person_month,
        cast(personas_measured.net_revenue as double)
        / nullif(personas_measured.order_count, 0) as average_order_value,
        {{ days('gaps_measured.gap_microseconds') }} as median_days_between_orders,
        cast(100 * personas_measured.promoters_less_detractors as double)
        / nullif(personas_measured.nps_responses, 0) as nps,
        personas_measured.nps_responses,
        cast(personas_measured.satisfied as double)
        / nullif(personas_measured.csat_responses, 0) as csat,
        personas_measured.csat_responses,
        cast(personas_measured.expected_value_365d as double)
        / nullif(personas_measured.valued_people, 0) as expected_value_365d
    from personas_measured
    cross join everybody
    left join gaps_measured
        on coalesce(personas_measured.persona, '') = coalesce(gaps_measured.persona, '')

    union all

    select
        cells_and_overall.persona,
        cells_and_overall.trait,
        cells_and_overall.trait_value as value,
        cells_and_overall.people,
        cast(cells_and_overall.people as double) / personas_measured.people as share,
        cast(everybody_values.people as double) / everybody.people as share_of_everybody,
        cast(cells_and_overall.people as double) * everybody.people
        / (cast(personas_measured.people as double) * everybody_values.people)
            as index,
        personas_measured.people < 30 as is_small,
        cast(null as double) as share_of_people,
        cast(null as decimal(18, 2)) as net_revenue,
        cast(null as double) as share_of_revenue,
        cast(null as bigint) as order_count,
        cast(null as double) as orders_per_person_month,
        cast(null as double) as visits_per_person_month,
        cast(null as double) as average_order_value,
        cast(null as double) as median_days_between_orders,
        cast(null as double) as nps,
        cast(null as bigint) as nps_responses,
        cast(null as double) as csat,
        cast(null as bigint) as csat_responses,
        cast(null as double) as expected_value_365d
    from cells_and_overall
    inner join personas_measured
        on coalesce(cells_and_overall.persona, '') = coalesce(personas_measured.persona, '')
    inner join everybody_values
        on
            cells_and_overall.trait = everybody_values.trait
            and cells_and_overall.trait_value = everybody_values.trait_value
    cross join everybody
),

sorted as (
    select *
    from profiles
    order by
        persona asc nulls first,
        trait asc nulls first,
        people desc nulls last,
        value asc nulls first
)

select * from sorted
