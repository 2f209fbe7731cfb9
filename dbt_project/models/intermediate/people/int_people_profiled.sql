with people as (
    select * from {{ ref('int_people_first_touched') }}
),

customers as (
    select * from {{ ref('stg_customers__versions') }}
),

personas as (
    select * from {{ ref('personas') }}
),

customer_facts as (
    select
        'cust:' || customer_id as person_id,
        country,
        marketing_consent
    from customers
    where is_current
),

buyers_scored as (
    select
        person_id,
        {{ score('last_order_at') }} as recency_score,
        {{ score('order_count') }} as frequency_score,
        {{ score('net_revenue') }} as monetary_score
    from people
    where order_count > 0
),

described as (
    select
        people.person_id,
        people.acquisition_channel,
        people.acquisition_campaign,
        people.device,
        coalesce(customer_facts.country, people.country) as country,
        customer_facts.marketing_consent,
        buyers_scored.recency_score,
        buyers_scored.frequency_score,
        buyers_scored.monetary_score
    from people
    left join customer_facts on people.person_id = customer_facts.person_id
    left join buyers_scored on people.person_id = buyers_scored.person_id
),

-- Without a counted order all scores are 0.
profiled as (
    select
        described.*,
        personas.persona
    from described
    left join personas
        on
            coalesce(described.recency_score, 0)
            between personas.least_recency and personas.most_recency
            and coalesce(described.frequency_score, 0)
            between personas.least_frequency and personas.most_frequency
            and coalesce(described.monetary_score, 0)
            between personas.least_monetary and personas.most_monetary
)

select * from profiled
