{#-
    The schema of a node is its layer, whatever the target: one address everywhere
    (DuckDB `marts.people` = asset `marts/people`).
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
