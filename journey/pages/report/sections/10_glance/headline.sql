-- Six metrics are judged at once: an interval of 99.2% each keeps all of them to 95%.
with judged as (
    select
        figure,
        unit,
        value,
        change,
        abs(change) / nullif((change_high - change_low) / 2 * (2.64 / 1.96), 0) as strength
    from section
    where period = 'last_7_days'
),

clear as (
    select *
    from judged
    where strength > 1
)

select
    case
        when (select count(judged.strength) from judged) = 0 then null
        when (select count(*) from clear) = 0
            then 'No metric changed in the last 7 days by more than chance explains.'
        else (
            select
                case figure when 'Came back' then 'The share who came back' else figure end
                || case when change > 0 then ' rose by ' else ' fell by ' end
                || case unit
                    when
                        'share'
                        then format('{:.1f} points to {:.1f}%', abs(change) * 100, value * 100)
                    when 'points' then format('{:.0f} points to {:.0f}', abs(change), value)
                    else format('{:,.0f} to {:,.0f}', abs(change), value)
                end
                || ' in the last 7 days, more than chance explains.'
            from clear
            order by strength desc, figure asc
            limit 1
        )
    end as headline
