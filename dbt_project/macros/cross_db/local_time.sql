{#-
    From UTC instants to the calendar of the reporting time zone. The zone is an expression (a column
    of run.settings). UTC, the default, skips the engine's zone tables.
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

{% macro default__from_utc(instant, zone) -%}
    from_utc_timestamp({{ instant }}, {{ zone }})
{%- endmacro %}

{% macro duckdb__from_utc(instant, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ instant }}))
{%- endmacro %}
