{#-
    An amount as money: two decimals, halves away from zero. The product of an amount and a rate
    keeps all its digits until here, so that an order is rounded once.
-#}
{% macro money(amount) -%}
    cast(round({{ amount }}, 2) as decimal(18, 2))
{%- endmacro %}

{#- An amount times one rate or amount, divided by another with as many digits: to cents. -#}
{% macro money_share(amount, numerator, denominator, digits=2) -%}
    cast(
        cast(
            {{ rounded_quotient(
                whole_units(amount, 2) ~ ' * ' ~ whole_units(numerator, digits),
                whole_units(denominator, digits)
            ) }}
            as decimal(18, 0)
        ) * cast(0.01 as decimal(3, 2))
        as decimal(18, 2)
    )
{%- endmacro %}
