{#-
    The integral of a smooth, quickly falling function from 0 to infinity: the tails of
    distributions, which neither DuckDB nor Spark knows.

    Double exponential quadrature: over x, with u = exp(x - exp(-x)), the integrand falls so fast on
    both sides that equal steps of x are exact to about 13 digits.

    `integrand` is a macro of u and of what else it needs, given as `arguments`.
-#}
{% macro integral_to_infinity(integrand, arguments, steps_per_unit=8) -%}
    {%- set place = '(step / ' ~ steps_per_unit ~ 'e0)' -%}
    {%- set node = 'exp(' ~ place ~ ' - exp(-' ~ place ~ '))' -%}
    {%- set weight = node ~ ' * (1 + exp(-' ~ place ~ '))' -%}
    (
        {{ sum_over_integers(
            -7 * steps_per_unit // 2,
            4 * steps_per_unit,
            'step',
            weight ~ ' * ' ~ integrand(node, *arguments)
        ) }} / {{ steps_per_unit }}
    )
{%- endmacro %}
