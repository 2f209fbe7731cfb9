{#- What this model was before goes in the transaction that rebuilds it; the adapter's own way to
    drop is a transaction of its own. -#}
{% macro drop_existing() %}
    {%- set existing = load_cached_relation(this) -%}
    {% if existing is not none %}
        {% call statement('drop_existing', auto_begin=true) -%}
            {{ get_drop_sql(existing) }}
        {%- endcall %}
    {% endif %}
{% endmacro %}
