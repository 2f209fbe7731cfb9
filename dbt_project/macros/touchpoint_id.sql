{#- Names a row of any raw kind across the warehouse: `kind:source:key`. -#}
{% macro touchpoint_id(kind, source, key) -%}
    {{ kind }} || ':' || {{ source }} || ':' || {{ key }}
{%- endmacro %}
