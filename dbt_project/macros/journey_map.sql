{#- What comes of a touch is looked for in so many days after it: the 7d in the map's columns. -#}
{% macro follow_up_days() -%}
    7
{%- endmacro %}

{#- The columns of the journey map that a target may be set for, and whether more is better. -#}
{% macro map_metrics() -%}
    {{ return({
        'people': true,
        'touches': true,
        'share_of_people': true,
        'forward_rate_7d': true,
        'drop_off_rate': false,
        'median_hours_in_stage': false,
        'nps': true,
        'csat': true,
        'support_tickets_7d': false,
    }) }}
{%- endmacro %}
