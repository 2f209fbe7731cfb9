{#-
    How a run builds on the state: the warehouse that the last published run left. Models that are
    marked with `keyed_by` are made for the people that this run may change alone, as the part of
    this run (schema `part`), which then takes the place of their rows in the table. Their SQL is the
    one that makes whole tables: it reads the parts of the marked models and all of every other. A
    rebuild, and every engine but DuckDB, makes whole tables.

    `keyed_by` is the column by which a table's rows are a person's: person_id or person_number. A
    view's part is a table of the people's rows (person_id), or a view of the rows whose identifier
    may lead to them (identifier).

    Before it is known who these people are, the latest versions of the rows of a raw kind are kept
    in a table, where each is looked up by `keyed_by_row`, the key within its source. Of such a
    table the rows are replaced whose key has come, gone, or passed `as_of`.
-#}
{% macro builds_on_state() -%}
    {{ return(has_state() and env_var('JOURNEY_REBUILD', '') == '') }}
{%- endmacro %}

{#- A rebuild that is held against the state has one beside it, and makes the change set too. -#}
{% macro has_state() -%}
    {{ return(execute and target.type == 'duckdb' and env_var('JOURNEY_STATE', '') != '') }}
{%- endmacro %}

{#- The relation of a model, or of this one, as the state has it. -#}
{% macro before(model_name) -%}
    {%- for node in graph.nodes.values() if node.name == model_name -%}
        {{ api.Relation.create(
            database='state', schema=node.schema, identifier=node.alias, type='table'
        ) }}
    {%- endfor -%}
{%- endmacro %}

{% macro key_of_part(node) -%}
    {{ return((node.config.get('meta') or {}).get('keyed_by')) }}
{%- endmacro %}

{% macro part_of(relation) -%}
    {{ return(relation.incorporate(path={'schema': 'part'})) }}
{%- endmacro %}

{#- The SQL of this model, reading the parts of the models that have one. -#}
{% macro on_parts(sql) -%}
    {%- set reads = namespace(sql=sql) -%}
    {%- for unique_id in model.depends_on.nodes -%}
        {%- set node = graph.nodes.get(unique_id) -%}
        {%- if node is not none and key_of_part(node) -%}
            {%- set whole = api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias
            ) -%}
            {%- set reads.sql = reads.sql | replace(whole | string, part_of(whole) | string) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(reads.sql) }}
{%- endmacro %}

{#- The part of a view: once of the people's rows, which others read several times. -#}
{% macro make_part_of_view(relation, key) %}
    {% if key == 'identifier' %}
        create or replace view {{ part_of(relation) }} as
        select *
        from (
            {{ on_parts(sql) }}
        ) as whole
        where {{ deciding_identifier('whole') }} in (
            select identifier from {{ relation.incorporate(
                path={'schema': 'intermediate', 'identifier': 'int_identifiers_changed'}
            ) }}
        )
    {% else %}
        create or replace table {{ part_of(relation) }} as
        select *
        from (
            {{ on_parts(sql) }}
        ) as whole
        where {{ is_changed(relation, key) }}
    {% endif %}
{% endmacro %}

{#- The part of a table takes the place of the people's rows in it. -#}
{% macro replace_part_of_table(relation, key) %}
        create or replace table {{ part_of(relation) }} as
        {{ on_parts(sql) }};
        delete from {{ relation }}
        where {{ is_changed(relation, key) }};
        insert into {{ relation }} by name
        select * from {{ part_of(relation) }}
{% endmacro %}

{% macro key_of_row(node) -%}
    {{ return((node.config.get('meta') or {}).get('keyed_by_row')) }}
{%- endmacro %}

{#- The latest versions are found among all versions of the keys that changed, and of no other. -#}
{% macro replace_rows_of_table(relation, key) %}
    {%- set raw = namespace(kind=none) -%}
    {%- for unique_id in model.depends_on.nodes -%}
        {%- set node = graph.sources.get(unique_id) -%}
        {%- if node is not none and node.source_name == 'raw' -%}
            {%- set raw.kind = node.name -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set delivered = source('raw', raw.kind) -%}
    {%- set keys = delivered.incorporate(
        path={'schema': 'changes', 'identifier': raw.kind ~ '_keys'}
    ) -%}
    {%- set versions = delivered.incorporate(
        path={'schema': 'changes', 'identifier': raw.kind ~ '_versions'}
    ) -%}
    create or replace table {{ keys }} as
        select
            source,
            {{ key }}
        from {{ delivered.incorporate(path={'schema': 'changes'}) }}
        union
        select
            delivered.source,
            delivered.{{ key }}
        from {{ delivered }} as delivered
        where
            delivered.occurred_at >= (
                select least(as_of, built_on_as_of) from {{ source('run', 'settings') }}
            )
            and delivered.occurred_at < (
                select greatest(as_of, built_on_as_of) from {{ source('run', 'settings') }}
            );
        create or replace table {{ versions }} as
        select *
        from {{ delivered }} as delivered
        where (delivered.source, delivered.{{ key }}) in (select source, {{ key }} from {{ keys }});
        create or replace table {{ part_of(relation) }} as
        {{ sql | replace(delivered | string, versions | string) }};
        delete from {{ relation }}
        where (source, {{ key }}) in (select source, {{ key }} from {{ keys }});
        insert into {{ relation }} by name
        select * from {{ part_of(relation) }}
{% endmacro %}

{% macro is_changed(relation, key) -%}
    {{ key }} in (
        select {{ key }} from {{ relation.incorporate(
            path={'schema': 'intermediate', 'identifier': 'int_people_changed'}
        ) }}
        where {{ key }} is not null
    )
{%- endmacro %}

{#- When a run begins: the state beside the warehouse, and the rows that came and went since. -#}
{% macro open_state() %}
    {% if has_state() %}
        {% do run_query("attach '" ~ env_var('JOURNEY_STATE') ~ "' as state (read_only)") %}
        {% for schema in ['part', 'changes'] %}
            {% do run_query('drop schema if exists ' ~ schema ~ ' cascade') %}
            {% do run_query('create schema ' ~ schema) %}
        {% endfor %}
        {% do show_raw_changes() %}
    {% endif %}
{% endmacro %}

{% macro close_state() %}
    {% if has_state() %}
        {% for schema in ['part', 'changes'] %}
            {% do run_query('drop schema if exists ' ~ schema ~ ' cascade') %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#-
    A view for each raw kind: rows of files that the state has not, and rows that it has of files
    that are gone. What a file that is gone has said is often written again in another: such rows
    are neither. A row may have other versions where it says so, and where files went.
-#}
{% macro show_raw_changes() %}
    {% set data_dir = env_var('JOURNEY_FILES_DIR', env_var('JOURNEY_DATA_DIR')) %}
    {% set data_dir = data_dir | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]')
    | replace("'", "''") %}
    {% set reading = "hive_partitioning = true, hive_types = {'event_date': date}, "
    ~ 'union_by_name = true' %}
    {% set found = run_query(
        "select kind, path, is_gone from read_parquet('" ~ data_dir ~ "/run/raw_changes.parquet')"
        ~ ' order by all'
    ).rows %}
    {% for source in graph.sources.values() if source.source_name == 'raw' %}
        {% set sides = {true: [], false: []} %}
        {% for kind, path, is_gone in found if kind == source.name %}
            {% do sides[is_gone].append("'" ~ data_dir ~ '/' ~ path ~ "'") %}
        {% endfor %}
        {% set empty = "'" ~ data_dir ~ '/raw/' ~ source.name ~ "/event_date=1970-01-01/*'" %}
        {% set rows = {} %}
        {% for is_gone, files in sides.items() %}
            {% do rows.update({is_gone:
                'select * from read_parquet([' ~ ([empty] + files) | join(', ') ~ '], '
                ~ reading ~ ')'
            }) %}
        {% endfor %}
        {% set came, gone = rows[false], rows[true] %}
        {% if sides[true] %}
            {% set changed = 'select *, true as has_versions from (('
                ~ came ~ ' except all ' ~ gone ~ ') union all ('
                ~ gone ~ ' except all ' ~ came ~ '))' %}
        {% else %}
            {% set changed = 'select *, is_restatement as has_versions from (' ~ came ~ ')' %}
        {% endif %}
        {% do run_query('create view changes.' ~ source.name ~ ' as ' ~ changed) %}
    {% endfor %}
{% endmacro %}

{#- Numbers of people begin here: in a part beyond all that the state has given. -#}
{% macro first_person_number() -%}
    {%- if builds_on_state() -%}
        (
            select coalesce(max(person_number), -1) + 1
            from {{ before('int_visits_assigned_to_stages') }}
        )
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
