{#- The adapter's own builds a table under another name and renames it, for readers of a database
    that is being rebuilt: half of what a small model costs. Nothing but a run reads the private
    warehouse, and what is published is another file, so a table is made in its place; the
    transaction keeps the one before it where its successor fails. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks) }}
    {{ drop_existing() }}
    {% call statement('main', language=model['language']) -%}
        {{ create_table_as(false, relation, compiled_code, model['language']) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(relation, model) %}
    {{ adapter.commit() }}

    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
