{#- Columns that always have a value, in one look at the table: the row found counts each one's nulls. -#}
{% test never_null(model, columns) %}
    select
        {% for column in columns -%}
            count(*) - count({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ model }}
    having
        {% for column in columns -%}
            count(*) > count({{ column }}){{ ' or' if not loop.last }}
        {% endfor %}
{% endtest %}
