{#- dbt's own for Spark drops the order. Nulls are left out, as everywhere. -#}
{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- if limit_num -%}
        {{ exceptions.raise_compiler_error("listagg: a limit is not known here; filter before") }}
    {%- endif -%}
    {%- set ordering = (order_by_clause or '') | replace('order by', '') | trim or measure -%}
    array_join(
        transform(
            sort_array(collect_list(
                case
                    when {{ measure }} is not null
                        then struct({{ ordering }} as ordering, {{ measure }} as measure)
                end
            )),
            entry -> entry.measure
        ),
        {{ delimiter_text }}
    )
{%- endmacro %}
