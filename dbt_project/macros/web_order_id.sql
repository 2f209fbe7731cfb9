{#-
    The number of the order that a web purchase event made: its order_id, and the event's own id
    where that is missing, empty or the `(not set)` of analytics tools.
-#}
{% macro web_order_id(event) -%}
    case
        when trim(coalesce({{ event }}.order_id, '')) in ('', '(not set)') then {{ event }}.event_id
        else {{ event }}.order_id
    end
{%- endmacro %}
