{#-
    Between UTC instants and the calendar of the reporting time zone. The zone is an expression
    (a column of stg_run__settings). UTC, the default, skips the engine's zone tables.
-#}
{% macro local_timestamp(instant, zone) -%}
    case
        when {{ zone }} = 'UTC' then {{ instant }}
        else {{ adapter.dispatch('from_utc')(instant, zone) }}
    end
{%- endmacro %}

{% macro local_date(instant, zone) -%}
    cast({{ local_timestamp(instant, zone) }} as date)
{%- endmacro %}

{#- The UTC instant at which a local date (or local timestamp) begins. -#}
{% macro utc_instant(local_time, zone) -%}
    case
        when {{ zone }} = 'UTC' then cast({{ local_time }} as {{ dbt.type_timestamp() }})
        else {{ adapter.dispatch('to_utc')(local_time, zone) }}
    end
{%- endmacro %}

{% macro default__from_utc(instant, zone) -%}
    from_utc_timestamp({{ instant }}, {{ zone }})
{%- endmacro %}

{% macro duckdb__from_utc(instant, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ instant }}))
{%- endmacro %}

{% macro default__to_utc(local_time, zone) -%}
    to_utc_timestamp(cast({{ local_time }} as timestamp), {{ zone }})
{%- endmacro %}

{% macro duckdb__to_utc(local_time, zone) -%}
    timezone('UTC', timezone({{ zone }}, cast({{ local_time }} as timestamp)))
{%- endmacro %}
