-- Shows the files of every source as a view of its name when a run begins; sources.yml says which
-- `files` of the data dir, and the options for `reading` them. What is published has no sources.
{% macro show_files_of_sources() %}
    {% if execute and target.name != 'published' %}
        {% set data_dir = env_var('JOURNEY_FILES_DIR', env_var('JOURNEY_DATA_DIR')) %}
        {% for source in graph.sources.values() %}
            {% set meta = source.config.meta %}
            {% set folder = data_dir | replace('[', '[[]') | replace('*', '[*]')
            | replace('?', '[?]') %}
            {% set files = folder ~ '/' ~ meta.files.format(name=source.name) %}
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
