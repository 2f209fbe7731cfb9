with people as (
    select * from {{ ref('int_people_first_touched') }}
),

customers as (
    select * from {{ ref('stg_customers__customers') }}
),

buyers as (
    select * from {{ ref('int_buyers_scored') }}
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
),

scored as (
    select
        people.person_id,
        people.acquisition_channel,
        people.acquisition_campaign,
        people.device,
        coalesce(customer_facts.country, people.country) as country,
        customer_facts.marketing_consent,
        coalesce(buyers.recency_score, 0) as recency_score,
        coalesce(buyers.frequency_score, 0) as frequency_score,
        coalesce(buyers.monetary_score, 0) as monetary_score
    from people
    left join customer_facts on people.person_id = customer_facts.person_id
    left join buyers on people.person_id = buyers.person_id
),

profiled as (
    select
        scored.person_id,
        scored.acquisition_channel,
        scored.acquisition_campaign,
        scored.device,
        scored.country,
        scored.marketing_consent,
        personas.persona
    from scored
    left join personas
        on
            scored.recency_score between personas.least_recency and personas.most_recency
            and scored.frequency_score between personas.least_frequency and personas.most_frequency
            and scored.monetary_score between personas.least_monetary and personas.most_monetary
)

select * from profiled
