{#- The attribution models, in the order in which they are listed. -#}
{% macro attribution_models() -%}
    {{ return([
        'first', 'last', 'last_non_direct', 'linear', 'position', 'time_decay', 'markov', 'shapley'
    ]) }}
{%- endmacro %}

{#-
    A share of 1 with twelve decimals: sums of such shares are exact, whatever the order in which
    they are added.
-#}
{% macro exact_share(part, whole) -%}
    {{ decimal_of_double(
        '(cast(' ~ part ~ ' as double) / cast(' ~ whole ~ ' as double))', 18, 12
    ) }}
{%- endmacro %}
