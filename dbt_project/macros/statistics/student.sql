{#-
    Student's t with any number of degrees of freedom from 1, whole or not.

    With t = sqrt(degrees) * sinh(reach / sqrt(degrees)) the density is a power of 1 / cosh: these
    macros speak of reach, in which tails are easy to integrate and their logarithm is all but a
    straight line. Reach equals t for many degrees of freedom.
-#}
{% macro student_reach(statistic, degrees) -%}
    (asinh({{ statistic }} / sqrt({{ degrees }})) * sqrt({{ degrees }}))
{%- endmacro %}

{% macro student_statistic(reach, degrees) -%}
    (sinh({{ reach }} / sqrt({{ degrees }})) * sqrt({{ degrees }}))
{%- endmacro %}

{#- What lies beyond a reach, in units of the density there. -#}
{% macro student_rest(reach, degrees) -%}
    {{ integral_to_infinity(student_density_beyond, [reach, degrees]) }}
{%- endmacro %}

{% macro student_density_beyond(beyond, reach, degrees) -%}
    power(
        cosh({{ reach }} / sqrt({{ degrees }}))
        / cosh(({{ reach }} + {{ beyond }}) / sqrt({{ degrees }})),
        {{ degrees }}
    )
{%- endmacro %}

{#-
    How likely t is at least this far from 0, on either side; `rest` and `rest_of_all` are
    student_rest at the reach and at 0.
-#}
{% macro student_tail(reach, degrees, rest, rest_of_all) -%}
    (power(cosh({{ reach }} / sqrt({{ degrees }})), -{{ degrees }}) * {{ rest }} / {{ rest_of_all }})
{%- endmacro %}
