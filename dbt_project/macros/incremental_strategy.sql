{#-
    How an incremental model replaces the rows of the keys it was handed: the one place that
    knows what each engine can do. Models write `incremental_strategy=incremental_strategy()`.
-#}
{% macro incremental_strategy() -%}
    {{ adapter.dispatch('incremental_strategy')() }}
{%- endmacro %}

{% macro default__incremental_strategy() -%}
    delete+insert
{%- endmacro %}

{% macro spark__incremental_strategy() -%}
    insert_overwrite
{%- endmacro %}
