{{ config(pre_hook=keep_join_sides(), post_hook=free_join_sides()) }}

with web_events as (
    select * from {{ ref('stg_web__events') }}
),

email_events as (
    select * from {{ ref('stg_email__events') }}
),

bot_patterns as (
    select * from {{ ref('bot_patterns') }}
),

user_agents as (
    select user_agent
    from web_events
    where user_agent is not null

    union

    select user_agent
    from email_events
    where user_agent is not null
),

bots as (
    select distinct user_agents.user_agent
    from user_agents
    inner join bot_patterns
        on
            contains(lower(user_agents.user_agent), bot_patterns.pattern)
            and (
                coalesce(bot_patterns.except_pattern, '') = ''
                or not contains(lower(user_agents.user_agent), bot_patterns.except_pattern)
            )
)

select * from bots
