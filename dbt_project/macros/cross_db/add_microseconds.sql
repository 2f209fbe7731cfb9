{#- The timestamp so many microseconds later; the number may be a column. -#}
{% macro add_microseconds(instant, microseconds) -%}
    {{ adapter.dispatch('add_microseconds')(instant, microseconds) }}
{%- endmacro %}

{% macro default__add_microseconds(instant, microseconds) -%}
    timestampadd(microsecond, {{ microseconds }}, {{ instant }})
{%- endmacro %}

{% macro duckdb__add_microseconds(instant, microseconds) -%}
    ({{ instant }} + to_microseconds(cast({{ microseconds }} as bigint)))
{%- endmacro %}

{% macro spark__add_microseconds(instant, microseconds) -%}
    timestamp_micros(unix_micros(cast({{ instant }} as timestamp)) + {{ microseconds }})
{%- endmacro %}

{#- The timestamp so many times 24 hours later: durations, not calendar days. -#}
{% macro add_days(instant, days) -%}
    {{ add_microseconds(instant, 'cast(' ~ days ~ ' as bigint) * 86400000000') }}
{%- endmacro %}
