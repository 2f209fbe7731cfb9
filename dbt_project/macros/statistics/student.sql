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
    exp(-{{ degrees }} * {{ log_of_one_and(
        '2 * sinh((' ~ reach ~ ' + ' ~ beyond ~ ' / 2) / sqrt(' ~ degrees ~ '))'
        ~ ' * sinh(' ~ beyond ~ ' / 2 / sqrt(' ~ degrees ~ '))'
        ~ ' / cosh(' ~ reach ~ ' / sqrt(' ~ degrees ~ '))'
    ) }})
{%- endmacro %}

{#-
    ln(1 + x), to all digits also where x is tiny: with millions of degrees of freedom the density
    is a huge power of a number that hardly differs from 1, and the power itself would lose digits.
-#}
{% macro log_of_one_and(small) -%}
    case
        when 1 + {{ small }} = 1 then {{ small }}
        else {{ small }} * ln(1 + {{ small }}) / ((1 + {{ small }}) - 1)
    end
{%- endmacro %}

{#-
    How likely t is at least this far from 0, on either side; `rest` and `rest_of_all` are
    student_rest at the reach and at 0.
-#}
{% macro student_tail(reach, degrees, rest, rest_of_all) -%}
    (
        exp(-{{ degrees }} * {{ log_of_one_and(
            '2 * power(sinh(' ~ reach ~ ' / 2 / sqrt(' ~ degrees ~ ')), 2)'
        ) }})
        * {{ rest }} / {{ rest_of_all }}
    )
{%- endmacro %}
