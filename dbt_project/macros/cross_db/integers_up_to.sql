{#- In a select list: one row for each integer from 0 to the given one; none when it is null. -#}
{% macro integers_up_to(last_integer) -%}
    {{ adapter.dispatch('integers_up_to')(last_integer) }}
{%- endmacro %}

{% macro default__integers_up_to(last_integer) -%}
    explode(sequence(0, {{ last_integer }}))
{%- endmacro %}

{% macro duckdb__integers_up_to(last_integer) -%}
    unnest(range(0, {{ last_integer }} + 1))
{%- endmacro %}
