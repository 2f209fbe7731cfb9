{#-
    How an incremental model replaces the rows of the keys it was handed: the one place that
    knows what each engine can do. Models write `incremental_strategy=incremental_strategy()`.
-#}
{% macro incremental_strategy() -%}
    {{ return(adapter.dispatch('incremental_strategy')()) }}
{%- endmacro %}

{% macro default__incremental_strategy() -%}
    {{ return('delete+insert') }}
{%- endmacro %}

{% macro spark__incremental_strategy() -%}
    {{ return('insert_overwrite') }}
{%- endmacro %}
