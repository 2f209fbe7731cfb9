{#-
    How likely chi-square of so many degrees of freedom is at least as large as the square of
    `root`, as double. With one degree of freedom that is how likely a standard normal value is at
    least `root` away from 0, on either side. Exact to eleven digits up to fifty degrees of freedom,
    to eight up to a hundred.
-#}
{% macro chi_square_tail(root, degrees) -%}
    (
        exp(-power({{ root }}, 2) / 2)
        * {{ integral_to_infinity(chi_density_beyond, [root, degrees], steps_per_unit=16) }}
        / {{ integral_to_infinity(chi_density_beyond, ['0e0', degrees], steps_per_unit=16) }}
    )
{%- endmacro %}

{#- The density of the root, so far beyond it, in units of its exponential factor at the root. -#}
{% macro chi_density_beyond(beyond, root, degrees) -%}
    power({{ root }} + {{ beyond }}, {{ degrees }} - 1)
    * exp(-{{ beyond }} * ({{ root }} + {{ beyond }} / 2))
{%- endmacro %}

{% macro normal_tail(deviation) -%}
    {{ chi_square_tail('abs(' ~ deviation ~ ')', 1) }}
{%- endmacro %}
