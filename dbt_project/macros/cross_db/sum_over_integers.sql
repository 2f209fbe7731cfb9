{#-
    The sum of an expression over the integers from one to another, as double, added in their
    order. The expression names the integer as `name`; it may name columns too.
-#}
{% macro sum_over_integers(first_integer, last_integer, name, expression) -%}
    {{ adapter.dispatch('sum_over_integers')(first_integer, last_integer, name, expression) }}
{%- endmacro %}

{% macro default__sum_over_integers(first_integer, last_integer, name, expression) -%}
    aggregate(
        transform(sequence({{ first_integer }}, {{ last_integer }}), {{ name }} -> {{ expression }}),
        cast(0 as double),
        (total, term) -> total + term
    )
{%- endmacro %}

{% macro duckdb__sum_over_integers(first_integer, last_integer, name, expression) -%}
    list_sum(
        list_transform(
            range({{ first_integer }}, {{ last_integer }} + 1), lambda {{ name }}: {{ expression }}
        )
    )
{%- endmacro %}
