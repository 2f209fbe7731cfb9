{#- A view: sessions need two narrow columns of it and all of it, once each. -#}
{{ config(materialized='view', meta={'keyed_by': 'person_id'}) }}

-- depends_on: {{ ref('int_people_changed') }}
-- depends_on: {{ ref('int_identifiers_changed') }}
with touchpoints as (
    select * from {{ ref('int_touchpoints_unioned') }}
),

emails_owned as (
    select * from {{ ref('int_emails_owned') }}
),

devices_identified as (
    select * from {{ ref('int_devices_identified') }}
),

-- Open ends become far ends, and rows that name their person look up no device, so that both
-- lookups are plain equality joins.
device_spans as (
    select
        anonymous_id,
        coalesce(valid_from, cast('0001-01-01' as {{ dbt.type_timestamp() }})) as valid_from,
        coalesce(valid_to, cast('9999-12-31' as {{ dbt.type_timestamp() }})) as valid_to,
        person_id,
        person_id_basis,
        latest_person_id
    from devices_identified
),

carriers as (
    select
        *,
        case when customer_id is null then email_key end as deciding_email_key,
        case
            when customer_id is null and email_key is null then anonymous_id
        end as deciding_anonymous_id
    from touchpoints
),

identified as (
    select
        carriers.*,
        coalesce(
            {{ person_id('carriers', 'emails_owned') }},
            device_spans.person_id,
            'anon:' || carriers.anonymous_id
        ) as person_id,
        case
            when carriers.customer_id is not null then 'own_customer'
            when carriers.email_key is not null then 'own_email'
            else coalesce(device_spans.person_id_basis, 'device_only')
        end as person_id_basis,
        coalesce(
            {{ person_id('carriers', 'emails_owned') }},
            device_spans.latest_person_id,
            'anon:' || carriers.anonymous_id
        ) as person_id_latest
    from carriers
    left join emails_owned on carriers.deciding_email_key = emails_owned.email_key
    left join device_spans
        on
            carriers.deciding_anonymous_id = device_spans.anonymous_id
            and carriers.occurred_at >= device_spans.valid_from
            and carriers.occurred_at < device_spans.valid_to
)

select * from identified
