{#- In its place at once, as tables are. -#}
{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks) }}
    {{ drop_existing() }}
    {% call statement('main') -%}
        {{ get_create_view_as_sql(relation, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(relation, model) %}
    {{ adapter.commit() }}

    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
