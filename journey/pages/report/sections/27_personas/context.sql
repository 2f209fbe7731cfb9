-- Of each trait the value that sets a persona apart most, and the one that most of its people have.
with traits as (
    select
        persona,
        trait,
        value,
        people,
        share,
        index as compared,
        row_number() over (
            partition by persona, trait
            order by people desc, value asc
        ) as place,
        row_number() over (
            partition by persona, trait
            order by people >= 30 desc, index desc, value asc
        ) as place_apart
    from marts.persona_profiles
    where trait is not null and value not in ('none', 'other')
)

select
    persona,
    trait,
    max(value) filter (place = 1) as usual,
    max(share) filter (place = 1) as usual_share,
    max(value) filter (place_apart = 1 and people >= 30 and compared >= 1.2) as apart,
    max(share) filter (place_apart = 1) as apart_share,
    max(compared) filter (place_apart = 1) as apart_index
from traits
where persona is not null
group by persona, trait
order by persona asc, trait asc
