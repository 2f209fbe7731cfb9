{#- What a person does with an e-mail. Whose acts other names of tools are is not known. -#}
{% macro acts_on_emails() -%}
    'opened', 'clicked', 'unsubscribed', 'resubscribed', 'complained'
{%- endmacro %}

{#- The statuses of orders. Tools have others, which count as placed. -#}
{% macro order_statuses() -%}
    'placed', 'paid', 'fulfilled', 'pending', 'failed', 'voided', 'cancelled'
{%- endmacro %}
