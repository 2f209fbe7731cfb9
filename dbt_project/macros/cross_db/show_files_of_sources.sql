-- Shows the files of every source as a view of its name when a run begins; sources.yml says which
-- `files` of the data dir, and what is to know in `reading` them. Nothing else knows where it is.
{% macro show_files_of_sources() %}
    {% if execute %}
        {% for source in graph.sources.values() %}
            {% set meta = source.config.meta %}
            {% set files = meta.files.format(name=source.name) %}
            {% set files = env_var('JOURNEY_DATA_DIR') ~ '/' ~ files %}
            {% do adapter.dispatch('show_files', 'journey')(source, files, meta.reading) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{% macro duckdb__show_files(source, files, reading) %}
    {% set arguments = ["'" ~ files | replace("'", "''") ~ "'"] + ([reading] if reading else []) %}
    {% do run_query('create schema if not exists ' ~ source.schema) %}
    {% do run_query(
        'create or replace view ' ~ source.relation_name
        ~ ' as select * from read_parquet(' ~ arguments | join(', ') ~ ')'
    ) %}
{% endmacro %}
