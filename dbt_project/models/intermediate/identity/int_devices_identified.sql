with evidence as (
    select * from {{ ref('int_identity_evidence_unioned') }}
),

emails_owned as (
    select * from {{ ref('int_emails_owned') }}
),

settings as (
    select * from {{ source('run', 'settings') }}
),

identifiers_seen as (
    select
        anonymous_id,
        customer_id,
        case when customer_id is null then email_key end as email_key,
        min(occurred_at) as first_identified_at
    from evidence
    where anonymous_id is not null
    group by anonymous_id, customer_id, case when customer_id is null then email_key end
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

-- Once a device knows a customer, addresses that no customer owns identify no person on it.
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

-- Nearly every device knows one person: its history is known without looking at its events.
own_devices as (
    select
        anonymous_id,
        first_identified_at as identified_at,
        cast(null as {{ dbt.type_timestamp() }}) as next_identified_at,
        person_id,
        person_id as first_person_id,
        person_id as latest_person_id,
        1 as identification_number
    from people_counted
    where people_count = 1
),

devices_of_several as (
    select
        people_counted.anonymous_id,
        people_counted.person_id
    from people_counted
    cross join settings
    where people_counted.people_count between 2 and settings.max_people_per_device
),

evidence_resolved as (
    select
        evidence.anonymous_id,
        evidence.occurred_at,
        evidence.kind,
        evidence.source,
        evidence.key,
        {{ person_id('evidence', 'emails_owned') }} as person_id
    from evidence
    left join emails_owned on evidence.email_key = emails_owned.email_key
    where evidence.anonymous_id in (
        select devices_of_several.anonymous_id from devices_of_several
    )
),

identifications_ranked as (
    select
        evidence_resolved.anonymous_id,
        evidence_resolved.occurred_at,
        evidence_resolved.person_id,
        row_number() over (
            partition by evidence_resolved.anonymous_id
            order by
                evidence_resolved.occurred_at asc nulls last,
                evidence_resolved.kind asc nulls last,
                evidence_resolved.source asc nulls last,
                evidence_resolved.key asc nulls last
        ) as position_on_device,
        row_number() over (
            partition by evidence_resolved.anonymous_id, evidence_resolved.occurred_at
            order by
                evidence_resolved.kind desc nulls last,
                evidence_resolved.source desc nulls last,
                evidence_resolved.key desc nulls last
        ) as position_from_last_of_instant
    from evidence_resolved
    -- Addresses that no customer owns are gone from devices that know a customer.
    inner join devices_of_several
        on
            evidence_resolved.anonymous_id = devices_of_several.anonymous_id
            and evidence_resolved.person_id = devices_of_several.person_id
),

first_people as (
    select
        anonymous_id,
        person_id as first_person_id
    from identifications_ranked
    where position_on_device = 1
),

instants as (
    select
        anonymous_id,
        occurred_at,
        person_id,
        lag(person_id) over (
            partition by anonymous_id
            order by occurred_at asc nulls last
        ) as previous_person_id
    from identifications_ranked
    where position_from_last_of_instant = 1
),

changes as (
    select
        anonymous_id,
        occurred_at as identified_at,
        lead(occurred_at) over (
            partition by anonymous_id
            order by occurred_at asc nulls last
        ) as next_identified_at,
        person_id,
        first_value(person_id) over (
            partition by anonymous_id
            order by occurred_at desc nulls last
        ) as latest_person_id,
        row_number() over (
            partition by anonymous_id
            order by occurred_at asc nulls last
        ) as identification_number
    from instants
    where previous_person_id is null or previous_person_id <> person_id
),

identifications as (
    select
        anonymous_id,
        identified_at,
        next_identified_at,
        person_id,
        first_person_id,
        latest_person_id,
        identification_number
    from own_devices

    union all

    select
        changes.anonymous_id,
        changes.identified_at,
        changes.next_identified_at,
        changes.person_id,
        first_people.first_person_id,
        changes.latest_person_id,
        changes.identification_number
    from changes
    inner join first_people on changes.anonymous_id = first_people.anonymous_id
),

spans as (
    select
        anonymous_id,
        identified_at as valid_from,
        next_identified_at as valid_to,
        person_id,
        'device_before' as person_id_basis,
        latest_person_id,
        false as is_shared_device
    from identifications

    union all

    -- What the device did before any person was known on it belongs to the first one known.
    select
        anonymous_id,
        cast(null as {{ dbt.type_timestamp() }}) as valid_from,
        identified_at as valid_to,
        first_person_id as person_id,
        'device_after' as person_id_basis,
        latest_person_id,
        false as is_shared_device
    from identifications
    where identification_number = 1

    union all

    select distinct
        people_counted.anonymous_id,
        cast(null as {{ dbt.type_timestamp() }}) as valid_from,
        cast(null as {{ dbt.type_timestamp() }}) as valid_to,
        cast(null as {{ dbt.type_string() }}) as person_id,
        'device_only' as person_id_basis,
        cast(null as {{ dbt.type_string() }}) as latest_person_id,
        true as is_shared_device
    from people_counted
    cross join settings
    where people_counted.people_count > settings.max_people_per_device
)

select * from spans
