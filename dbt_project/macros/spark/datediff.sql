{#- dbt's own for Spark asks for dates that are not null, and fails where one is. -#}
{% macro spark__datediff(first_date, second_date, datepart) -%}
    {%- if datepart != 'day' -%}
        {{ exceptions.raise_compiler_error("datediff: only days are counted, no " ~ datepart) }}
    {%- endif -%}
    datediff({{ second_date }}, {{ first_date }})
{%- endmacro %}
