{#-
    The select list of one part of a union: what the part gives for each column, and the column's
    default where it gives nothing, so that all parts have the same columns in the same order.
    `columns` lists (name, default) pairs; `given` maps names to expressions.
-#}
{% macro union_part(columns, given) -%}
    {%- set selected = [] -%}
    {%- for name, default in columns -%}
        {%- do selected.append(given.get(name, default) ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {{ selected | join(',\n        ') }}
{%- endmacro %}

{% macro typed_null(data_type) -%}
    cast(null as {{ data_type }})
{%- endmacro %}
