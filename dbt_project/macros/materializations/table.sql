{#- The adapter's own builds a table under another name and renames it, for readers of a database
    that is being rebuilt: half of what a small model costs. Nothing but a run reads the private
    warehouse, and what is published is another file, so a table is made in its place; the
    transaction keeps the one before it where its successor fails. Of a table that is made in parts
    (parts.sql), a part is. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set key = key_of_part(model) if builds_on_state() -%}
    {%- set row_key = key_of_row(model) if builds_on_state() -%}

    {{ run_hooks(pre_hooks) }}
    {% if key %}
        {% call statement('main') -%}
            {{ replace_part_of_table(relation, key) }}
        {%- endcall %}
    {% elif row_key %}
        {% call statement('main') -%}
            {{ replace_rows_of_table(relation, row_key) }}
        {%- endcall %}
    {% else %}
        {{ drop_existing() }}
        {% call statement('main', language=model['language']) -%}
            {{ create_table_as(false, relation, compiled_code, model['language']) }}
        {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks) }}
    {% if not (key or row_key) %}
        {% do persist_docs(relation, model) %}
    {% endif %}
    {{ adapter.commit() }}

    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
