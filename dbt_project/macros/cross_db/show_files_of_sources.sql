-- Shows the files of every source under its name when a run begins. sources.yml says which `files`
-- of the data dir: a file, or a folder and what it is partitioned by. What is published has none.
{% macro show_files_of_sources() %}
    {% if execute and target.name != 'published' %}
        {% for source in graph.sources.values() %}
            {% set files = source.config.meta.files %}
            {% do adapter.dispatch('show_files', 'journey')(
                source, files.at.format(name=source.name), files.partitioned_by or {}
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{% macro duckdb__show_files(source, at, partitioned_by) %}
    {% set data_dir = env_var('JOURNEY_FILES_DIR', env_var('JOURNEY_DATA_DIR')) %}
    {% set data_dir = data_dir | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') %}
    {% set files = data_dir ~ '/' ~ at ~ '/*' * (partitioned_by | length) %}
    {% set options = [] %}
    {% if partitioned_by %}
        {% set files = files ~ '/*.parquet' %}
        {% set types = [] %}
        {% for column, type in partitioned_by.items() %}
            {% do types.append("'" ~ column ~ "': " ~ type) %}
        {% endfor %}
        {% do options.extend([
            'hive_partitioning = true', 'hive_types = {' ~ types | join(', ') ~ '}',
            'union_by_name = true',
        ]) %}
    {% endif %}
    {% set arguments = ["'" ~ files | replace("'", "''") ~ "'"] + options %}
    {% do run_query('create schema if not exists ' ~ source.schema) %}
    {% do run_query(
        'create or replace view ' ~ source.relation_name
        ~ ' as select * from read_parquet(' ~ arguments | join(', ') ~ ')'
    ) %}
{% endmacro %}

{#- The types of partition columns are inferred: a date is one. -#}
{% macro spark__show_files(source, at, partitioned_by) %}
    {% do adapter.create_schema(api.Relation.create(schema=source.schema)) %}
    {% do run_query(
        'create table ' ~ source.relation_name ~ ' using parquet options (path '
        ~ spark_text(env_var('JOURNEY_SPARK_FILES') ~ '/' ~ at) ~ ", mergeSchema 'true')"
    ) %}
    {% if partitioned_by %}
        {% do run_query('msck repair table ' ~ source.relation_name) %}
    {% endif %}
{% endmacro %}
