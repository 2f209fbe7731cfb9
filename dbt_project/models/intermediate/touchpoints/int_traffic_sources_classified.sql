{{ config(pre_hook=keep_join_sides(), post_hook=free_join_sides()) }}

with web_events as (
    select * from {{ ref('stg_web__events') }}
),

setting_values as (
    select * from {{ source('run', 'setting_values') }}
),

click_ids as (
    select * from {{ ref('click_ids') }}
),

channel_sources as (
    select * from {{ ref('channel_sources') }}
),

channel_rules as (
    select * from {{ ref('channel_rules') }}
),

-- What a rule leaves empty it does not ask for.
rules as (
    select
        position as rule_position,
        channel,
        nullif(source_category, '') as source_category,
        nullif(source_pattern, '') as source_pattern,
        nullif(medium_pattern, '') as medium_pattern,
        nullif(campaign_pattern, '') as campaign_pattern,
        yields_to_paid_click
    from channel_rules
),

origins as (
    select distinct
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        click_parameter
    from web_events
    where coalesce(referrer, utm_source, utm_medium, utm_campaign, click_parameter) is not null
),

referrers as (
    select distinct referrer
    from origins
    where referrer is not null
),

hosts as (
    select
        referrer,
        {{ url_host('referrer') }} as referrer_host
    from referrers
),

-- Coming from the shop itself, or back from paying, says nothing about where a person came from.
ignored_hosts as (
    select distinct hosts.referrer_host
    from hosts
    inner join setting_values
        on
            setting_values.setting in ('own_domains', 'payment_domains')
            and (
                hosts.referrer_host = lower(setting_values.value)
                or hosts.referrer_host like '%.' || lower(setting_values.value)
            )
),

foreign_hosts as (
    select
        hosts.referrer,
        hosts.referrer_host
    from hosts
    left join ignored_hosts on hosts.referrer_host = ignored_hosts.referrer_host
    where hosts.referrer_host <> '' and ignored_hosts.referrer_host is null
),

origins_described as (
    select
        origins.referrer,
        origins.utm_source,
        origins.utm_medium,
        origins.utm_campaign,
        origins.click_parameter,
        {{ known_tag('origins.utm_source') }} as tagged_source,
        {{ known_tag('origins.utm_medium') }} as tagged_medium,
        {{ known_tag('origins.utm_campaign') }} as tagged_campaign,
        coalesce(named_clicks.traffic_source, other_clicks.traffic_source) as clicked_source,
        coalesce(named_clicks.medium, other_clicks.medium) as clicked_medium,
        coalesce(named_clicks.is_paid, other_clicks.is_paid, false) as is_paid_click,
        foreign_hosts.referrer_host
    from origins
    left join foreign_hosts on origins.referrer = foreign_hosts.referrer
    left join click_ids as named_clicks
        on origins.click_parameter = named_clicks.click_parameter
    left join click_ids as other_clicks
        on origins.click_parameter is not null and other_clicks.click_parameter = '*'
),

sources as (
    select coalesce(tagged_source, '') as traffic_source
    from origins_described

    union

    select clicked_source
    from origins_described
    where clicked_source is not null

    union

    select referrer_host
    from origins_described
    where referrer_host is not null
),

mediums as (
    select coalesce(tagged_medium, '') as medium
    from origins_described

    union

    select clicked_medium
    from origins_described
    where clicked_medium is not null

    union

    select 'referral'
),

campaigns as (
    select distinct coalesce(tagged_campaign, '') as campaign
    from origins_described
),

-- A listed source is met by its name, its domain or any host of it: m.facebook.com, google.co.uk.
source_names as (
    select
        traffic_source,
        traffic_source as listed_source,
        1 as preference
    from sources

    union all

    select
        traffic_source,
        regexp_extract(traffic_source, '([^.]+[.][^.]+[.][^.]+)$', 1) as listed_source,
        2 as preference
    from sources

    union all

    select
        traffic_source,
        regexp_extract(traffic_source, '([^.]+[.][^.]+)$', 1) as listed_source,
        3 as preference
    from sources

    union all

    select
        traffic_source,
        regexp_extract(
            traffic_source,
            '([^.]+)[.]((co|com|net|org|ne|or)[.][a-z][a-z]|[a-z]+)$',
            1
        ) as listed_source,
        4 as preference
    from sources
),

sources_ranked as (
    select
        source_names.traffic_source,
        channel_sources.source_category,
        row_number() over (
            partition by source_names.traffic_source
            order by source_names.preference asc nulls last
        ) as preference_rank
    from source_names
    inner join channel_sources on source_names.listed_source = channel_sources.traffic_source
),

source_categories as (
    select
        traffic_source,
        source_category
    from sources_ranked
    where preference_rank = 1
),

sources_matched as (
    select
        sources.traffic_source,
        rules.rule_position
    from sources
    cross join rules
    left join source_categories on sources.traffic_source = source_categories.traffic_source
    where
        (
            rules.source_category is null
            or rules.source_category = source_categories.source_category
        )
        and (
            rules.source_pattern is null
            or {{ matches_wholly('sources.traffic_source', 'rules.source_pattern') }}
        )
),

mediums_matched as (
    select
        mediums.medium,
        rules.rule_position
    from mediums
    cross join rules
    where
        rules.medium_pattern is null
        or {{ matches_wholly('mediums.medium', 'rules.medium_pattern') }}
),

campaigns_matched as (
    select
        campaigns.campaign,
        rules.rule_position
    from campaigns
    cross join rules
    where
        rules.campaign_pattern is null
        or {{ matches_wholly('campaigns.campaign', 'rules.campaign_pattern') }}
),

tags_yielding as (
    select distinct
        tags.tagged_source,
        tags.tagged_medium,
        tags.tagged_campaign
    from (
        select distinct
            coalesce(tagged_source, '') as tagged_source,
            coalesce(tagged_medium, '') as tagged_medium,
            coalesce(tagged_campaign, '') as tagged_campaign
        from origins_described
        where is_paid_click
    ) as tags
    inner join sources_matched on tags.tagged_source = sources_matched.traffic_source
    inner join mediums_matched
        on
            tags.tagged_medium = mediums_matched.medium
            and sources_matched.rule_position = mediums_matched.rule_position
    inner join campaigns_matched
        on
            tags.tagged_campaign = campaigns_matched.campaign
            and sources_matched.rule_position = campaigns_matched.rule_position
    inner join rules on sources_matched.rule_position = rules.rule_position
    where rules.yields_to_paid_click
),

origins_decided as (
    select
        origins_described.*,
        origins_described.is_paid_click
        and tags_yielding.tagged_source is not null as is_click_decisive
    from origins_described
    left join tags_yielding
        on
            coalesce(origins_described.tagged_source, '') = tags_yielding.tagged_source
            and coalesce(origins_described.tagged_medium, '') = tags_yielding.tagged_medium
            and coalesce(origins_described.tagged_campaign, '') = tags_yielding.tagged_campaign
),

-- Tags come first, a click id fills what they leave open, the referrer what is open then. A click
-- that was paid for decides also where a rule that the tags match yields to it.
origins_resolved as (
    select
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        click_parameter,
        case
            when is_click_decisive then clicked_source
            else coalesce(tagged_source, clicked_source, referrer_host, '')
        end as traffic_source,
        coalesce(
            case when is_click_decisive then clicked_medium end,
            tagged_medium,
            clicked_medium,
            case when tagged_source is null and referrer_host is not null then 'referral' end,
            ''
        ) as medium,
        coalesce(tagged_campaign, '') as campaign
    from origins_decided
    where
        coalesce(
            tagged_source, tagged_medium, tagged_campaign, clicked_source, referrer_host
        ) is not null
),

rules_matched as (
    select
        groups.traffic_source,
        groups.medium,
        groups.campaign,
        min(sources_matched.rule_position) as rule_position
    from (
        select distinct
            traffic_source,
            medium,
            campaign
        from origins_resolved
    ) as groups
    inner join sources_matched on groups.traffic_source = sources_matched.traffic_source
    inner join mediums_matched
        on
            groups.medium = mediums_matched.medium
            and sources_matched.rule_position = mediums_matched.rule_position
    inner join campaigns_matched
        on
            groups.campaign = campaigns_matched.campaign
            and sources_matched.rule_position = campaigns_matched.rule_position
    group by groups.traffic_source, groups.medium, groups.campaign
),

classified as (
    select
        origins_resolved.referrer,
        origins_resolved.utm_source,
        origins_resolved.utm_medium,
        origins_resolved.utm_campaign,
        origins_resolved.click_parameter,
        rules.channel
    from origins_resolved
    inner join rules_matched
        on
            origins_resolved.traffic_source = rules_matched.traffic_source
            and origins_resolved.medium = rules_matched.medium
            and origins_resolved.campaign = rules_matched.campaign
    inner join rules on rules_matched.rule_position = rules.rule_position
)

select * from classified
