with stages as (
    select
        stage_model,
        stage,
        stage_position
    from marts.stage_occupancy
),

placed as (
    select
        matrix.stage_model,
        matrix.month,
        matrix.acquisition_channel,
        matrix.from_stage,
        -- Before the first stage, or after the last one.
        case
            when matrix.from_stage = 'start' then 0 else coalesce(left_stages.stage_position, 99)
        end
            as from_position,
        matrix.to_stage,
        coalesce(entered_stages.stage_position, 99) as to_position,
        matrix.transitions,
        matrix.people,
        matrix.share_of_from,
        matrix.median_hours,
        matrix.p90_hours,
        matrix.is_small
    from marts.stage_transition_matrix as matrix
    left join stages as left_stages
        on matrix.stage_model = left_stages.stage_model and matrix.from_stage = left_stages.stage
    left join stages as entered_stages
        on
            matrix.stage_model = entered_stages.stage_model
            and matrix.to_stage = entered_stages.stage
    order by
        matrix.stage_model in (
            select stage_names.stage_model from marts.stage_names
            where stage_names.is_default
        ) desc,
        matrix.stage_model,
        matrix.month asc nulls first,
        matrix.acquisition_channel asc nulls first,
        from_position asc,
        to_position asc
)

select * from placed
