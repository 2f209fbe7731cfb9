{#-
    The slices in which figures are shown: every month and overall, every acquisition channel and
    overall. A slice is the list of the columns that it keeps apart; the others are null in it.

    Each is grouped by a pass of its own: exact quantiles over grouping sets hold every value as
    often as there are sets, all at once.
-#}
{% macro month_and_channel_slices() -%}
    {{ return([['month', 'acquisition_channel'], ['month'], ['acquisition_channel'], []]) }}
{%- endmacro %}

{% macro slice_columns(slice) -%}
    {{ 'month' if 'month' in slice else 'cast(null as date) as month' }},
    {{ 'acquisition_channel' if 'acquisition_channel' in slice else
        'cast(null as ' ~ dbt.type_string() ~ ') as acquisition_channel' }}
{%- endmacro %}
