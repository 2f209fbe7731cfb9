{#- In which fifth of all rows a value is: 5 is the highest; ties by person. -#}
{% macro score(value) -%}
    cast(
        ntile(5) over (order by {{ value }} asc nulls last, person_id asc nulls last)
        as {{ dbt.type_int() }}
    )
{%- endmacro %}
