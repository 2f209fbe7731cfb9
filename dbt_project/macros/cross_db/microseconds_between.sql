{#- Whole microseconds from one timestamp to another (bigint); negative when it runs backwards. -#}
{% macro microseconds_between(earlier, later) -%}
    {{ adapter.dispatch('microseconds_between')(earlier, later) }}
{%- endmacro %}

{% macro default__microseconds_between(earlier, later) -%}
    timestampdiff(microsecond, {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro duckdb__microseconds_between(earlier, later) -%}
    (epoch_us({{ later }}) - epoch_us({{ earlier }}))
{%- endmacro %}

{% macro spark__microseconds_between(earlier, later) -%}
    (unix_micros(cast({{ later }} as timestamp)) - unix_micros(cast({{ earlier }} as timestamp)))
{%- endmacro %}
