{#- Whether a row carries at least two of a person's own identifiers. -#}
{% macro has_two_identifiers() -%}
    (
        (anonymous_id is not null and coalesce(customer_id, email_key) is not null)
        or (customer_id is not null and email_key is not null)
    )
{%- endmacro %}
