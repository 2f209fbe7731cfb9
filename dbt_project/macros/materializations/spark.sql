{#- On a cluster: the schemas of a run are empty when it begins, so nothing is looked up or dropped,
    and a Python model is run by `journey.transform.spark`, which knows the table's name. -#}
{% materialization table, adapter='spark', supported_languages=['sql', 'python'] %}
    {%- set relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks) }}
    {% call statement('main', language=model['language']) -%}
        {%- if model['language'] == 'python' -%}
            {{ compiled_code }}
        {%- else -%}
            {{ create_table_as(false, relation, compiled_code) }}
        {%- endif -%}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}

    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
