{#-
    Columns that always have a value, in one look at the table: the row that breaks it counts the
    nulls of each.
-#}
{% test never_null(model, columns) %}
    select
        {% for column in columns -%}
            count(*) - count({{ adapter.quote(column) }}) as {{ adapter.quote(column) }}
            {{- ',' if not loop.last }}
        {% endfor %}
    from {{ model }}
    having
        {% for column in columns -%}
            count(*) > count({{ adapter.quote(column) }}){{ ' or' if not loop.last }}
        {% endfor %}
{% endtest %}
