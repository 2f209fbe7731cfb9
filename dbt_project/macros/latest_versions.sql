{#-
    The latest version of each row of a raw kind: of all of a (source, key) the last one delivered.

    Restatements are rare, so only the keys that have one go through a window; every other row
    passes through untouched. Parts of a key may be null (the campaign of a day's cost).
-#}
{% macro latest_versions(relation, key) -%}
    {%- set parts = ['source'] + key -%}
    with restated_keys as (
        select distinct {{ parts | join(', ') }}
        from {{ relation }}
        where is_restatement
    ),

    versions_ranked as (
        select
            {{ prefixed('delivered', parts + ['file_name', 'file_row']) }},
            row_number() over (
                partition by {{ prefixed('delivered', parts) }}
                order by
                    delivered.delivered_on desc nulls last,
                    delivered.file_name desc nulls last,
                    delivered.file_row desc nulls last
            ) as version_rank
        from {{ relation }} as delivered
        inner join restated_keys on {{ same_key('delivered', 'restated_keys', parts) }}
    ),

    last_versions as (
        select *
        from versions_ranked
        where version_rank = 1
    )

    select delivered.*
    from {{ relation }} as delivered
    left join last_versions on {{ same_key('delivered', 'last_versions', parts) }}
    where
        last_versions.source is null
        or (
            delivered.file_name = last_versions.file_name
            and delivered.file_row = last_versions.file_row
        )
{%- endmacro %}

{% macro same_key(left_side, right_side, parts) -%}
    {%- set sames = [] -%}
    {%- for part in parts -%}
        {%- do sames.append(
            left_side ~ '.' ~ part ~ ' is not distinct from ' ~ right_side ~ '.' ~ part
        ) -%}
    {%- endfor -%}
    {{ sames | join(' and ') }}
{%- endmacro %}

{% macro prefixed(relation, names) -%}
    {{ relation }}.{{ names | join(', ' ~ relation ~ '.') }}
{%- endmacro %}
