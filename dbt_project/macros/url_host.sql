{#- The host of a URL in lower case, without port or path; an empty text where there is none. -#}
{% macro url_host(url) -%}
    regexp_extract(lower({{ url }}), '^(?:(?:[a-z][a-z0-9+.-]*:)?//)?([^/?#:]+[.][^/?#:]+)', 1)
{%- endmacro %}
