{#-
    Exact quantile of a column of whole numbers with linear interpolation, as double; null over no
    rows. The share has one decimal, and so has the quantile: what is rounded off are the last bits
    of the interpolation, in which engines differ.
-#}
{% macro quantile(expression, share) -%}
    round({{ adapter.dispatch('quantile')(expression, share) }}, 1)
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
