{#-
    How many standard errors two shares of so many trials each lie apart, with the standard error
    that one common share would give, as double. Null where that share is 0 or 1 or there is no
    trial: nothing varies, and nothing can be distinguished from noise.
-#}
{% macro two_proportion_deviation(share, trials, other_share, other_trials) -%}
    {%- set pooled -%}
        (({{ share }} * {{ trials }} + {{ other_share }} * {{ other_trials }})
        / nullif(cast({{ trials }} + {{ other_trials }} as double), 0))
    {%- endset -%}
    (
        abs({{ share }} - {{ other_share }})
        / nullif(sqrt(greatest(
            {{ pooled }} * (1 - {{ pooled }})
            * (1e0 / nullif({{ trials }}, 0) + 1e0 / nullif({{ other_trials }}, 0)),
            0e0
        )), 0)
    )
{%- endmacro %}
