with evidence as (
    select * from {{ ref('int_identity_evidence_unioned') }}
),

first_seen as (
    select
        email_key,
        customer_id,
        min(occurred_at) as first_seen_at
    from evidence
    where email_key is not null and customer_id is not null
    group by email_key, customer_id
),

claims_ranked as (
    select
        *,
        row_number() over (
            partition by email_key
            order by first_seen_at asc nulls last, customer_id asc nulls last
        ) as claim_rank
    from first_seen
),

owners as (
    select
        email_key,
        customer_id
    from claims_ranked
    where claim_rank = 1
)

select * from owners
