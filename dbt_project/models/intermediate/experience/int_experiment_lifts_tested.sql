{#-
    The reach of the interval is found by Newton's steps on the logarithm of the tail, which is so
    nearly straight that four steps from the normal value give all digits that a double holds.
-#}
{% set newton_steps = 4 %}
{% set normal_95 = '1.959963984540054e0' %}

with metrics as (
    select * from {{ ref('int_experiment_metrics_summarized') }}
),

controls as (
    select *
    from metrics
    where is_control
),

compared as (
    select
        variants.experiment,
        variants.metric,
        variants.variant,
        variants.mean - controls.mean as lift,
        (variants.mean - controls.mean) / nullif(controls.mean, 0) as relative_lift,
        variants.people,
        controls.people as control_people,
        variants.variance / variants.people as variance_of_mean,
        controls.variance / controls.people as control_variance_of_mean
    from metrics as variants
    inner join controls
        on
            variants.experiment = controls.experiment
            and variants.metric = controls.metric
    where not variants.is_control
),

-- Welch: the groups need not vary alike. Without any variance nothing differs from noise.
errors as (
    select
        *,
        nullif(sqrt(variance_of_mean + control_variance_of_mean), 0) as standard_error,
        power(variance_of_mean + control_variance_of_mean, 2)
        / nullif(
            power(variance_of_mean, 2) / nullif(people - 1, 0)
            + power(control_variance_of_mean, 2) / nullif(control_people - 1, 0),
            0
        ) as degrees
    from compared
),

tests as (
    select
        experiment,
        metric,
        variant,
        lift,
        relative_lift,
        standard_error,
        degrees,
        abs(lift) / standard_error as deviation
    from errors
),

reaches as (
    select
        *,
        {{ student_reach('deviation', 'degrees') }} as reach,
        {{ student_rest('0e0', 'degrees') }} as rest_of_all,
        {{ student_reach(normal_95, 'degrees') }} as reach_95_0
    from tests
),

{% for step in range(newton_steps) %}
rests_{{ step }} as (
    select
        *,
        {{ student_rest('reach_95_' ~ step, 'degrees') }} as rest_95_{{ step }}
    from {{ 'steps_' ~ step if step else 'reaches' }}
),

steps_{{ step + 1 }} as (
    select
        *,
        reach_95_{{ step }} + rest_95_{{ step }} * (
            ln({{ student_tail('reach_95_' ~ step, 'degrees', 'rest_95_' ~ step, 'rest_of_all') }})
            - ln(0.05e0)
        ) as reach_95_{{ step + 1 }}
    from rests_{{ step }}
),
{% endfor %}

tails as (
    select
        experiment,
        metric,
        variant,
        lift,
        relative_lift,
        standard_error * {{ student_statistic('reach_95_' ~ newton_steps, 'degrees') }} as margin,
        {{ student_tail(
            'reach', 'degrees', student_rest('reach', 'degrees'), 'rest_of_all'
        ) }} as p_value
    from steps_{{ newton_steps }}
),

tested as (
    select
        experiment,
        metric,
        variant,
        lift,
        lift - margin as ci_low,
        lift + margin as ci_high,
        p_value,
        relative_lift
    from tails
)

select * from tested
