select
    format(
        'The persona “{}” is {:.0f}% of all people and brings {:.0f}% of net revenue.',
        name_of('persona', persona),
        share_of_people * 100,
        share_of_revenue * 100
    ) as headline
from section
where persona is not null and share_of_revenue > 0 and not is_small
order by share_of_revenue desc, persona asc
limit 1
