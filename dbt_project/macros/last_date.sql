{#-
    The last day of the calendar: that of the instant just before as_of, in the reporting time zone.
-#}
{% macro last_date(settings) -%}
    {{ local_date(
        add_microseconds(settings ~ '.as_of', -1), settings ~ '.reporting_time_zone'
    ) }}
{%- endmacro %}
