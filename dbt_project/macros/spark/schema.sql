{#-
    The schemas of a run lie with its data, where both the cluster and the run that copies the marts
    find their files, and are gone when they are dropped.
-#}
{% macro spark__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation.without_identifier() }}
        location {{ spark_text(env_var('JOURNEY_SPARK_FILES') ~ '/spark/' ~ relation.schema) }}
    {%- endcall %}
{%- endmacro %}

{#- A text as Spark's SQL writes it. -#}
{% macro spark_text(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro %}
