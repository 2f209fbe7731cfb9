{#-
    Durations are kept as whole microseconds and divided only where they are shown, so that sums
    and quantiles do not depend on the order in which rows are read.
-#}
{% macro hours(microseconds) -%}
    cast({{ microseconds }} as double) / 3600000000
{%- endmacro %}

{% macro days(microseconds) -%}
    cast({{ microseconds }} as double) / {{ microseconds_per_day() }}
{%- endmacro %}

{% macro microseconds_per_day() -%}
    86400000000
{%- endmacro %}

{#- The mean of a column of whole microseconds; the sum is wider than a bigint can hold. -#}
{% macro mean_hours(microseconds) -%}
    cast(sum(cast({{ microseconds }} as decimal(38, 0))) as double)
    / nullif(count({{ microseconds }}) * 3600000000, 0)
{%- endmacro %}

{#- Whole days of 24 hours between two instants, rounded down; negative before the first. -#}
{% macro days_since(earlier, later) -%}
    cast(
        floor({{ microseconds_between(earlier, later) }} / {{ microseconds_per_day() }})
        as {{ dbt.type_int() }}
    )
{%- endmacro %}
