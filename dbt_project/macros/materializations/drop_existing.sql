{#- What this model was before goes in the transaction that rebuilds it; the adapter's own way to
    drop is a transaction of its own. A Python model is written through another connection, which
    would meet the dropped table in an open transaction: there, the drop is done first. -#}
{% macro drop_existing() %}
    {%- set existing = load_cached_relation(this) -%}
    {% if existing is not none %}
        {% call statement('drop_existing', auto_begin=(model['language'] == 'sql')) -%}
            {{ get_drop_sql(existing) }}
        {%- endcall %}
    {% endif %}
{% endmacro %}
