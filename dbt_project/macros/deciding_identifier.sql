{#-
    The one identifier of a row that says whose it is, as the person that it would be alone: the
    customer, else the address, else the device.
-#}
{% macro deciding_identifier(carrier) -%}
    case
        when {{ carrier }}.customer_id is not null then 'cust:' || {{ carrier }}.customer_id
        when {{ carrier }}.email_key is not null then 'email:' || {{ carrier }}.email_key
        else 'anon:' || {{ carrier }}.anonymous_id
    end
{%- endmacro %}

{#- Of a row of a raw kind what names it and whose it is; `given` has what is not a column. -#}
{% macro identified_row(kind, key, given) -%}
    '{{ kind }}' as kind,
    source,
    {{ key }} as key,
    {{ given.get('customer_id', 'customer_id') }} as customer_id,
    {{ given.get('email_key', 'email_key') }} as email_key,
    {{ given.get('anonymous_id', 'anonymous_id') }} as anonymous_id
{%- endmacro %}
