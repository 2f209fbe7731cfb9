{#-
    The value of one column in the row where another is smallest (or largest). The ordering must be
    unique within the group; several columns are packed with `ordering_key`.
-#}
{% macro value_at_min(expression, ordering) -%}
    {{ adapter.dispatch('value_at_min')(expression, ordering) }}
{%- endmacro %}

{% macro default__value_at_min(expression, ordering) -%}
    min_by({{ expression }}, {{ ordering }})
{%- endmacro %}

{% macro duckdb__value_at_min(expression, ordering) -%}
    arg_min_null({{ expression }}, {{ ordering }})
{%- endmacro %}

{% macro value_at_max(expression, ordering) -%}
    {{ adapter.dispatch('value_at_max')(expression, ordering) }}
{%- endmacro %}

{% macro default__value_at_max(expression, ordering) -%}
    max_by({{ expression }}, {{ ordering }})
{%- endmacro %}

{% macro duckdb__value_at_max(expression, ordering) -%}
    arg_max_null({{ expression }}, {{ ordering }})
{%- endmacro %}

{#- Several columns as one comparable value, compared from left to right. -#}
{% macro ordering_key(columns) -%}
    {{ adapter.dispatch('ordering_key')(columns) }}
{%- endmacro %}

{% macro default__ordering_key(columns) -%}
    struct({{ columns | join(', ') }})
{%- endmacro %}

{% macro duckdb__ordering_key(columns) -%}
    row({{ columns | join(', ') }})
{%- endmacro %}
