{#-
    How many canonical stages the walk over the visits resolves. dbt compiles before it has seen
    the seed, so the number stands here; a singular test compares it with the seed.
-#}
{% macro canonical_stage_count() -%}
    6
{%- endmacro %}
