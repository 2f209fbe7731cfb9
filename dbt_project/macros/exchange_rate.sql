{#-
    The rate of a day: the newest one on or before it. A CTE of the name rate_spans gives each rate of
    a CTE or table the date of the next, and a row is joined to the span in which its day lies.
-#}
{% macro spans_of_rates(rates) -%}
    select
        currency,
        reporting_currency,
        rate,
        rate_date,
        lead(rate_date) over (
            partition by currency, reporting_currency
            order by rate_date asc nulls last
        ) as next_rate_date
    from {{ rates }}
{%- endmacro %}

{#- The condition of that join; `settings` says in which currency amounts are reported. -#}
{% macro is_rate_of(currency, day) -%}
    {{ currency }} = rate_spans.currency
    and settings.reporting_currency = rate_spans.reporting_currency
    and {{ day }} >= rate_spans.rate_date
    and (rate_spans.next_rate_date is null or {{ day }} < rate_spans.next_rate_date)
{%- endmacro %}

{#- The rate to the reporting currency, of a row so joined: 1 where it is that currency. -#}
{% macro rate_to_reporting(currency) -%}
    case
        when {{ currency }} = settings.reporting_currency then cast(1 as decimal(18, 8))
        else rate_spans.rate
    end
{%- endmacro %}
