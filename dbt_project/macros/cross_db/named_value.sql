{#-
    A row as a value that keeps the names of its columns, and the text of the column that another
    value names: which columns are read is then data. Null is null, and so is an unknown name.
-#}
{% macro row_with_names(relation) -%}
    {{ adapter.dispatch('row_with_names')(relation) }}
{%- endmacro %}

{% macro default__row_with_names(relation) -%}
    to_json(struct({{ relation }}.*))
{%- endmacro %}

{% macro duckdb__row_with_names(relation) -%}
    to_json({{ relation }})
{%- endmacro %}

{% macro named_text(row_with_names, name) -%}
    {{ adapter.dispatch('named_text')(row_with_names, name) }}
{%- endmacro %}

{% macro default__named_text(row_with_names, name) -%}
    get_json_object({{ row_with_names }}, '$.' || {{ name }})
{%- endmacro %}

{% macro duckdb__named_text(row_with_names, name) -%}
    json_extract_string({{ row_with_names }}, '$.' || {{ name }})
{%- endmacro %}
