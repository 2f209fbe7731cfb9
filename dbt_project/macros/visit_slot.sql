{#-
    The slot of the clock, as long as the visit timeout, that an instant falls in (bigint).

    Two touchpoints in one slot are less than the timeout apart, so they never part into two visits:
    visits are found over slots, of which there are far fewer than touchpoints.
-#}
{% macro visit_slot(instant, timeout_minutes) -%}
    {%- set since -%}
        {{ microseconds_between("cast('0001-01-01' as " ~ dbt.type_timestamp() ~ ")", instant) }}
    {%- endset -%}
    ({{ since }} - {{ since }} % (cast({{ timeout_minutes }} as bigint) * 60000000))
{%- endmacro %}
