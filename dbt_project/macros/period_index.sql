{#-
    The number of the day, ISO week or month that a local date falls in, counted from a fixed one:
    period numbers are differences of two of these. Weeks count from the first Monday of 1970.
-#}
{% macro period_index(grain, local_date) -%}
    {%- if grain == 'month' -%}
        (extract(year from {{ local_date }}) * 12 + extract(month from {{ local_date }}))
    {%- elif grain == 'week' -%}
        cast(
            floor({{ dbt.datediff("cast('1970-01-05' as date)", local_date, 'day') }} / 7.0)
            as bigint
        )
    {%- else -%}
        {{ dbt.datediff("cast('1970-01-01' as date)", local_date, 'day') }}
    {%- endif -%}
{%- endmacro %}

{#- The same where the grain is a column: `expression` is a macro of a grain's word and a date. -#}
{% macro by_grain(grain_column, expression, local_date) -%}
    case {{ grain_column }}
        when 'day' then {{ expression('day', local_date) }}
        when 'week' then {{ expression('week', local_date) }}
        when 'month' then {{ expression('month', local_date) }}
    end
{%- endmacro %}

{#- A rolling period of a grain, in days of 24 hours. -#}
{% macro rolling_days(grain_column) -%}
    case {{ grain_column }} when 'day' then 1 when 'week' then 7 when 'month' then 30 end
{%- endmacro %}
