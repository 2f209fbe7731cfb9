{#- No person reads the schemas of a run: what tables mean is said where they are copied to. -#}
{% macro spark__comment_clause() -%}
{%- endmacro %}
