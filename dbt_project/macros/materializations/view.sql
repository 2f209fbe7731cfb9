{#- In its place at once, as tables are. -#}
{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {%- set key = key_of_part(model) if builds_on_state() -%}

    {{ run_hooks(pre_hooks) }}
    {{ drop_existing() }}
    {% call statement('main') -%}
        {{ get_create_view_as_sql(relation, sql) }}
        {% if key -%}
            ;
            {{ make_part_of_view(relation, key) }}
        {%- endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(relation, model) %}
    {{ adapter.commit() }}

    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
