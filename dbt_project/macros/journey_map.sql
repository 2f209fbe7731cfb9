{#- What comes of a touch is looked for in so many days after it: the 7d in the map's columns. -#}
{% macro follow_up_days() -%}
    7
{%- endmacro %}

{#- Fewer answers than this are no figure of a touchpoint. -#}
{% macro least_map_answers() -%}
    5
{%- endmacro %}

{#-
    The first of the days of the map's period last_90_days: complete days of the reporting time zone,
    of which the day that as_of lies in is none.
-#}
{% macro map_days_from(settings) -%}
    cast({{ dbt.dateadd(
        'day', -90, local_date(settings ~ '.as_of', settings ~ '.reporting_time_zone')
    ) }} as date)
{%- endmacro %}

{#-
    Rows of touches in the periods of the map: that of their month, the last 90 days and overall.
    The rows have a month and is_recent; `columns` are the others.
-#}
{% macro in_map_periods(touches, columns) -%}
    {% for period, is_in in {
        "substring(cast(month as " ~ dbt.type_string() ~ "), 1, 7)": "is_recent is not null",
        "'last_90_days'": "is_recent",
        "'overall'": "is_recent is not null",
    }.items() %}
    select
        {{ period }} as period,
        {{ columns | join(',\n        ') }}
    from {{ touches }}
    where {{ is_in }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{#- The columns of the journey map that a target may be set for, and whether more is better. -#}
{% macro map_metrics() -%}
    {{ return({
        'people': true,
        'touches': true,
        'share_of_people': true,
        'forward_rate_7d': true,
        'drop_off_rate': false,
        'median_hours_in_stage': false,
        'nps': true,
        'csat': true,
        'support_tickets_7d': false,
    }) }}
{%- endmacro %}
