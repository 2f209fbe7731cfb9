{#-
    The person that a row's own identifiers name: its customer, else the owner of its address, else
    the address itself; null where it carries neither. `owners` is int_emails_owned, left-joined.
-#}
{% macro person_id(carrier, owners) -%}
    case
        when {{ carrier }}.customer_id is not null then 'cust:' || {{ carrier }}.customer_id
        when {{ owners }}.customer_id is not null then 'cust:' || {{ owners }}.customer_id
        when {{ carrier }}.email_key is not null then 'email:' || {{ carrier }}.email_key
    end
{%- endmacro %}
