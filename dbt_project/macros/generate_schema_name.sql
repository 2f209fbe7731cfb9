{#-
    The schema of a node is its layer: one address everywhere (DuckDB `marts.people` = asset
    `marts/people`). A cluster is not one warehouse's alone: there, each begins with the schema that
    the run was given.
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if target.type == 'spark' -%}
        {{ [target.schema, custom_schema_name | trim] | join('_') if custom_schema_name else target.schema }}
    {%- else -%}
        {{ (custom_schema_name or target.schema) | trim }}
    {%- endif -%}
{%- endmacro %}
