{#- A campaign tag as it is compared: lower case, and null where an analytics tool had none. -#}
{% macro known_tag(tag) -%}
    nullif(nullif(lower(trim({{ tag }})), ''), '(not set)')
{%- endmacro %}
