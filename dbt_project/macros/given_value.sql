{#-
    A value that an analytics tool was given: null where it wrote words in brackets, `(not set)`,
    `(organic)`, or `<Other>`, since it had none.
-#}
{% macro given_value(value) -%}
    case when {{ value }} not like '(%)' and {{ value }} <> '<Other>' then {{ value }} end
{%- endmacro %}
