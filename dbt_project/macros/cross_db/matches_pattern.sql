{#- Whether a text contains a match of a regular expression (anchor it to match the whole text). -#}
{% macro matches_pattern(text, pattern) -%}
    {{ adapter.dispatch('matches_pattern')(text, pattern) }}
{%- endmacro %}

{% macro default__matches_pattern(text, pattern) -%}
    {{ text }} rlike {{ pattern }}
{%- endmacro %}

{% macro duckdb__matches_pattern(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{#- Whether the whole text matches the regular expression. -#}
{% macro matches_wholly(text, pattern) -%}
    {{ matches_pattern(text, "'^(' || " ~ pattern ~ " || ')$'") }}
{%- endmacro %}
