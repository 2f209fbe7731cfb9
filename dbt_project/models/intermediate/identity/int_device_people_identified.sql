with evidence as (
    select * from {{ ref('int_identity_evidence_unioned') }}
),

emails_owned as (
    select * from {{ ref('int_emails_owned') }}
),

settings as (
    select * from {{ ref('stg_run__settings') }}
),

identifications as (
    select
        anonymous_id,
        customer_id,
        case when customer_id is null then email_key end as email_key,
        occurred_at
    from evidence
    where anonymous_id is not null
),

identifiers_seen as (
    select
        anonymous_id,
        customer_id,
        email_key,
        min(occurred_at) as first_identified_at
    from identifications
    group by anonymous_id, customer_id, email_key
),

people_resolved as (
    select
        identifiers_seen.anonymous_id,
        identifiers_seen.first_identified_at,
        {{ person_id('identifiers_seen', 'emails_owned') }} as person_id,
        coalesce(identifiers_seen.customer_id, emails_owned.customer_id) is not null as is_customer
    from identifiers_seen
    left join emails_owned on identifiers_seen.email_key = emails_owned.email_key
),

customers_preferred as (
    select
        *,
        max(case when is_customer then 1 else 0 end) over (
            partition by anonymous_id
        ) as device_has_customer
    from people_resolved
),

people as (
    select
        anonymous_id,
        person_id,
        min(first_identified_at) as first_identified_at
    from customers_preferred
    where is_customer or device_has_customer = 0
    group by anonymous_id, person_id
),

people_counted as (
    select
        anonymous_id,
        person_id,
        first_identified_at,
        cast(count(*) over (partition by anonymous_id) as integer) as people_count
    from people
),

shared_devices_marked as (
    select
        people_counted.anonymous_id,
        people_counted.person_id,
        people_counted.first_identified_at,
        people_counted.people_count,
        people_counted.people_count > settings.max_people_per_device as is_shared_device
    from people_counted
    cross join settings
)

select * from shared_devices_marked
