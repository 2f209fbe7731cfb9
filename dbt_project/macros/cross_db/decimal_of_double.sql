{#-
    A binary number as a decimal: times a power of ten, as a binary number, halves away from zero.
    Spark's own cast rounds the number as it is printed instead, which is another one on a tie.
-#}
{% macro decimal_of_double(value, precision, scale) -%}
    {{ adapter.dispatch('decimal_of_double')(value, precision, scale) }}
{%- endmacro %}

{#- A bigint has every bit of the product, a decimal of a double only those that are printed. -#}
{% macro default__decimal_of_double(value, precision, scale) -%}
    {%- set units = 'round(' ~ value ~ ' * cast(' ~ 10 ** scale ~ ' as double), 0)' -%}
    {%- set whole = 'decimal(' ~ (37 - scale) ~ ', 0)' -%}
    cast(
        case
            when abs({{ units }}) < 9e18 then cast(cast({{ units }} as bigint) as {{ whole }})
            else cast({{ units }} as {{ whole }})
        end * cast('{{ '0.' ~ '0' * (scale - 1) ~ '1' }}' as decimal({{ scale }}, {{ scale }}))
        as decimal({{ precision }}, {{ scale }})
    )
{%- endmacro %}

{% macro duckdb__decimal_of_double(value, precision, scale) -%}
    cast({{ value }} as decimal({{ precision }}, {{ scale }}))
{%- endmacro %}
