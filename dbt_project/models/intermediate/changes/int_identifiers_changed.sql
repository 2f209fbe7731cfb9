{#- What may lead to people who could have other rows now: themselves, their addresses, devices. -#}
with people as (
    select * from {{ ref('int_people_changed') }}
),

emails_owned as (
    select * from {{ ref('int_emails_owned') }}
),

devices_identified as (
    select * from {{ ref('int_devices_identified') }}
),

identifiers as (
    select person_id as identifier
    from people

    union

    select 'email:' || emails_owned.email_key as identifier
    from emails_owned
    inner join people on 'cust:' || emails_owned.customer_id = people.person_id

    union

    select 'anon:' || devices_identified.anonymous_id as identifier
    from devices_identified
    inner join people on devices_identified.person_id = people.person_id
)

select * from identifiers
