{#-
    A quotient of whole numbers as a whole number, halves away from zero: exact, where a division of
    amounts would go through binary numbers. The divisor is above 0.
-#}
{% macro rounded_quotient(dividend, divisor) -%}
    {{ adapter.dispatch('rounded_quotient', 'journey')(dividend, divisor) }}
{%- endmacro %}

{#- Spark's own sign is a double, and so would be the quotient. -#}
{% macro default__rounded_quotient(dividend, divisor) -%}
    (
        case when {{ dividend }} < 0 then -1 else 1 end
        * ((2 * abs({{ dividend }}) + {{ divisor }}) div (2 * {{ divisor }}))
    )
{%- endmacro %}

{% macro duckdb__rounded_quotient(dividend, divisor) -%}
    (sign({{ dividend }}) * ((2 * abs({{ dividend }}) + {{ divisor }}) // (2 * {{ divisor }})))
{%- endmacro %}

{#- A decimal amount as a whole number of its last digit's units. -#}
{% macro whole_units(amount, digits) -%}
    {{ adapter.dispatch('whole_units', 'journey')(amount, digits) }}
{%- endmacro %}

{% macro default__whole_units(amount, digits) -%}
    cast({{ amount }} * cast({{ 10 ** digits }} as decimal({{ digits + 1 }}, 0)) as decimal(38, 0))
{%- endmacro %}

{% macro duckdb__whole_units(amount, digits) -%}
    cast({{ amount }} * cast({{ 10 ** digits }} as decimal({{ digits + 1 }}, 0)) as hugeint)
{%- endmacro %}
