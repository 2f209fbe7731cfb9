{#-
    First day of the day, ISO week (Monday) or month that a local date falls in.
    The grain is a word of the model's author, not a column.
-#}
{% macro period_start(grain, local_date) -%}
    cast({{ dbt.date_trunc(grain, local_date) }} as date)
{%- endmacro %}
