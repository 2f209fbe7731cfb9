{#- Exact quantile of a column with linear interpolation, as double; null over no rows. -#}
{% macro quantile(expression, share) -%}
    {{ adapter.dispatch('quantile')(expression, share) }}
{%- endmacro %}

{% macro default__quantile(expression, share) -%}
    percentile(cast({{ expression }} as double), {{ share }})
{%- endmacro %}

{% macro duckdb__quantile(expression, share) -%}
    quantile_cont(cast({{ expression }} as double), {{ share }})
{%- endmacro %}

{% macro median(expression) -%}
    {{ quantile(expression, 0.5) }}
{%- endmacro %}
