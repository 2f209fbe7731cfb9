{#- The texts of a group joined by a delimiter, in the order of a column that is unique in it. -#}
{% macro joined_in_order(text, ordering, delimiter) -%}
    {{ adapter.dispatch('joined_in_order')(text, ordering, delimiter) }}
{%- endmacro %}

{% macro default__joined_in_order(text, ordering, delimiter) -%}
    array_join(
        map_values(map_from_entries(sort_array(collect_list(struct({{ ordering }}, {{ text }}))))),
        {{ delimiter }}
    )
{%- endmacro %}

{% macro duckdb__joined_in_order(text, ordering, delimiter) -%}
    array_to_string(
        map_values(map_from_entries(list_sort(list(row({{ ordering }}, {{ text }}))))),
        {{ delimiter }}
    )
{%- endmacro %}

{#- The different texts of a group, sorted and joined by a delimiter. -#}
{% macro joined_set(text, delimiter) -%}
    {{ adapter.dispatch('joined_set')(text, delimiter) }}
{%- endmacro %}

{% macro default__joined_set(text, delimiter) -%}
    array_join(sort_array(collect_set({{ text }})), {{ delimiter }})
{%- endmacro %}

{% macro duckdb__joined_set(text, delimiter) -%}
    array_to_string(list_sort(list_distinct(list({{ text }}))), {{ delimiter }})
{%- endmacro %}
