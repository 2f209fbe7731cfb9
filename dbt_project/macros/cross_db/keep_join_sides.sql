{#-
    Hooks of models that join raw Parquet: joins keep the sides that the SQL gives (large left,
    small right). DuckDB guesses the size of a Parquet dataset from its first file, takes the largest
    table of the house for the smallest, and would hold it in memory as the side to look up.
-#}
{% macro keep_join_sides() -%}
    {{ adapter.dispatch('keep_join_sides')() }}
{%- endmacro %}

{% macro default__keep_join_sides() -%}
{%- endmacro %}

{% macro duckdb__keep_join_sides() -%}
    set disabled_optimizers = 'build_side_probe_side'
{%- endmacro %}

{% macro free_join_sides() -%}
    {{ adapter.dispatch('free_join_sides')() }}
{%- endmacro %}

{% macro default__free_join_sides() -%}
{%- endmacro %}

{% macro duckdb__free_join_sides() -%}
    reset disabled_optimizers
{%- endmacro %}
