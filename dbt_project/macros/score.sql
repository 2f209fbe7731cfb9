{#-
    From 1 to 5, by the share of all rows whose value is strictly lower: equal values have equal
    scores. No share reaches 1, so that 5 is the highest.
-#}
{% macro score(value) -%}
    cast(
        1 + floor(
            cast(5 * (rank() over (order by {{ value }} asc nulls first) - 1) as double)
            / count(*) over ()
        ) as {{ dbt.type_int() }}
    )
{%- endmacro %}
