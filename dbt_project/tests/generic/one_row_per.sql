{#-
    The grain of a table: no two rows agree in all of these columns, nulls being equal, and in every
    row the columns of `never_null` have a value and those of `one_of` one of theirs, or none. The
    keys of the rows that break it are listed.
-#}
{% test one_row_per(model, columns, never_null=[], one_of={}) %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1

    {% if never_null or one_of %}
    union all

    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    where
        {% for column in never_null -%}
            {{ adapter.quote(column) }} is null{{ ' or' if one_of or not loop.last }}
        {% endfor %}
        {% for column, values in one_of.items() -%}
            {{ adapter.quote(column) }} not in ('{{ values | join("', '") }}')
            {{- ' or' if not loop.last }}
        {% endfor %}
    group by {{ columns | join(', ') }}
    {% endif %}
{% endtest %}
