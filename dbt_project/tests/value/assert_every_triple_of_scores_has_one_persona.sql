{{ config(
    meta={'description': 'Every triple of scores, and having none, has exactly one persona'}
) }}

with personas as (
    select * from {{ ref('personas') }}
),

bound as (
    select 5 as highest
),

scores as (
    select {{ integers_up_to('highest') }} as score
    from bound
),

triples as (
    select
        recencies.score as recency_score,
        frequencies.score as frequency_score,
        monetaries.score as monetary_score
    from scores as recencies
    cross join scores as frequencies
    cross join scores as monetaries
    where
        (recencies.score > 0 and frequencies.score > 0 and monetaries.score > 0)
        or (recencies.score = 0 and frequencies.score = 0 and monetaries.score = 0)
),

named as (
    select
        triples.recency_score,
        triples.frequency_score,
        triples.monetary_score,
        count(personas.persona) as personas
    from triples
    left join personas
        on
            triples.recency_score between personas.least_recency and personas.most_recency
            and triples.frequency_score
            between personas.least_frequency and personas.most_frequency
            and triples.monetary_score between personas.least_monetary and personas.most_monetary
    group by
        triples.recency_score,
        triples.frequency_score,
        triples.monetary_score
),

wrong as (
    select *
    from named
    where personas <> 1
)

select * from wrong
