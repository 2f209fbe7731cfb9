{#-
    Who could have other rows now than in the state: all people whose rows, or whose identifiers,
    are not what they were, and those for whom the time that has passed decides something. More
    people than that do no harm, one fewer is a fault. Empty where all is made anew.

    Identity follows an identifier in at most two steps (device to address, address to customer), and
    both are compared whole, so that all people to whom an identifier has led or leads are found without
    recursion.
-#}
-- depends_on: {{ ref('int_orders_net_of_refunds') }}
-- depends_on: {{ ref('int_emails_owned') }}
-- depends_on: {{ ref('int_devices_identified') }}
-- depends_on: {{ ref('stg_web__events') }}
-- depends_on: {{ ref('stg_email__events') }}
-- depends_on: {{ ref('stg_feedback__responses') }}
-- depends_on: {{ ref('stg_interactions__interactions') }}
-- depends_on: {{ ref('stg_referrals__referrals') }}
-- depends_on: {{ ref('stg_support__tickets') }}
-- depends_on: {{ ref('stages') }}
-- depends_on: {{ source('run', 'settings') }}
-- depends_on: {{ source('raw', 'web_events') }}
-- depends_on: {{ source('raw', 'email_events') }}
-- depends_on: {{ source('raw', 'feedback') }}
-- depends_on: {{ source('raw', 'interactions') }}
-- depends_on: {{ source('raw', 'referrals') }}
-- depends_on: {{ source('raw', 'support_tickets') }}
{% if not has_state() -%}
with no_people as (
    select
        cast(null as {{ dbt.type_string() }}) as person_id,
        cast(null as bigint) as person_number
)

select * from no_people
where person_id is not null
{%- else -%}
{%- set text = typed_null(dbt.type_string()) -%}
{%- set touchpoint_kinds = {
    'web_events': ('stg_web__events', 'event_id', 'occurred_at', {}),
    'email_events': ('stg_email__events', 'event_id', 'occurred_at', {}),
    'feedback': ('stg_feedback__responses', 'feedback_id', 'occurred_at', {}),
    'referrals': ('stg_referrals__referrals', 'referral_id', 'occurred_at', {
        'customer_id': 'referrer_customer_id', 'email_key': text, 'anonymous_id': text
    }),
    'interactions': ('stg_interactions__interactions', 'interaction_id', 'occurred_at', {}),
    'support_tickets': ('stg_support__tickets', 'ticket_id', 'opened_at', {'anonymous_id': text}),
} -%}
with settings as (
    select
        *,
        least(as_of, built_on_as_of) as earlier_as_of,
        greatest(as_of, built_on_as_of) as later_as_of
    from {{ source('run', 'settings') }}
),

rows_changed as (
    {% for kind, (staged, key, instant, given) in touchpoint_kinds.items() %}
    select
        {{ identified_row(kind, key, given) }},
        has_versions
    from changes.{{ kind }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

keys_with_versions as (
    select distinct {{ touchpoint_id('kind', 'source', 'key') }} as touchpoint_id
    from rows_changed
    where has_versions
),

-- Where a file went, the version that holds now may lie in one that stayed.
rows_left as (
    {% for kind, (staged, key, instant, given) in touchpoint_kinds.items() %}
    select
        {{ identified_row(kind, key, given) }}
    from {{ ref(staged) }}
    where {{ touchpoint_id("'" ~ kind ~ "'", 'source', key) }} in (
        select touchpoint_id from keys_with_versions
    )
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

rows_between as (
    {% for kind, (staged, key, instant, given) in touchpoint_kinds.items() %}
    select
        {{ identified_row(kind, key, given) }}
    from {{ source('raw', kind) }}
    where
        {{ instant }} >= (select earlier_as_of from settings)
        and {{ instant }} < (select later_as_of from settings)
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{% set orders, orders_before = ref('int_orders_net_of_refunds'), before('int_orders_net_of_refunds') %}
{% set emails, emails_before = ref('int_emails_owned'), before('int_emails_owned') %}
{% set devices, devices_before = ref('int_devices_identified'), before('int_devices_identified') %}
{% for name, now, then in [
    ('orders_changed', orders, orders_before),
    ('emails_changed', emails, emails_before),
    ('devices_changed', devices, devices_before),
] %}
{{ name }} as (
    (select * from {{ now }} except all select * from {{ then }})
    union all
    (select * from {{ then }} except all select * from {{ now }})
),
{% endfor %}

identifiers_touched as (
    {% for rows in ['rows_changed', 'rows_left', 'rows_between', 'orders_changed'] %}
    select {{ deciding_identifier(rows) }} as identifier
    from {{ rows }}
    union
    {% endfor %}
    select 'email:' || email_key as identifier
    from emails_changed
    union
    select 'anon:' || anonymous_id as identifier
    from devices_changed
),

touchpoints_replaced as (
    select touchpoints.person_id
    from {{ before('int_touchpoints_sessionized') }} as touchpoints
    where touchpoints.touchpoint_id in (select touchpoint_id from keys_with_versions)
),

lapse_days as (
    select distinct lapse_after_days
    from {{ ref('stages') }}
),

-- A stage is held until its days without a visit are over.
lapses_due as (
    select people.person_id
    from {{ before('int_people_first_touched') }} as people
    cross join lapse_days
    cross join settings
    where
        {{ dbt.dateadd('day', 'lapse_days.lapse_after_days', 'people.last_touch_at') }}
        >= settings.earlier_as_of
        and {{ dbt.dateadd('day', 'lapse_days.lapse_after_days', 'people.last_touch_at') }}
        < settings.later_as_of
),

numbers_before as (
    select
        person_id,
        person_number
    from {{ before('int_visits_assigned_to_stages') }}
    where visit_number = 1
),

settings_then as (
    select
        earlier_as_of as as_of,
        reporting_time_zone
    from settings
),

settings_later as (
    select
        later_as_of as as_of,
        reporting_time_zone
    from settings
),

recent_days as (
    select
        {{ map_days_from('settings_then') }} as first_date,
        {{ map_days_from('settings_later') }} as later_first_date
    from settings_then
    cross join settings_later
),

-- A touch is a recent one for so many days.
touches_aged as (
    select distinct numbers_before.person_id
    from {{ before('int_touches_placed') }} as touches
    inner join numbers_before on touches.person_number = numbers_before.person_number
    cross join recent_days
    where
        touches.touch_date >= recent_days.first_date
        and touches.touch_date < recent_days.later_first_date
),

people as (
    select identifier as person_id
    from identifiers_touched

    {% for owned in [emails, emails_before] %}
    union
    select 'cust:' || owned.customer_id as person_id
    from {{ owned }} as owned
    where 'email:' || owned.email_key in (select identifier from identifiers_touched)
    {% endfor %}

    {% for spans in [devices, devices_before] %}
    union
    select spans.person_id
    from {{ spans }} as spans
    where 'anon:' || spans.anonymous_id in (select identifier from identifiers_touched)
    {% endfor %}

    {% for found in ['touchpoints_replaced', 'lapses_due', 'touches_aged'] %}
    union
    select person_id
    from {{ found }}
    {% endfor %}
),

changed as (
    select
        people.person_id,
        numbers_before.person_number
    from people
    left join numbers_before on people.person_id = numbers_before.person_id
    where people.person_id is not null
)

select * from changed
{%- endif %}
