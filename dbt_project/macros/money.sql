{#-
    An amount as money: two decimals, halves away from zero. The product of an amount and a rate
    keeps all its digits until here, so that an order is rounded once.
-#}
{% macro money(amount) -%}
    cast(round({{ amount }}, 2) as decimal(18, 2))
{%- endmacro %}
