-- Functions that conforming and the formats share. Everything here is for the edge alone: from
-- the raw layer on, SQL is portable and has its own macros.
--
-- A macro puts what it is given wherever it names it: one that names it several times, given
-- another of the kind, makes a statement of hundreds of patterns, which takes longer to plan than a
-- file to read. So where a macro is given what another makes, a lambda names that once.

-- Text without the blanks around it; empty is nothing. The long way only where it is needed:
-- every blank sorts before '!'.
create macro tidy(given) as
    case
        when given >= '!' and not ends_with(given, ' ') and not ends_with(given, chr(10))
            and not ends_with(given, chr(13)) and not ends_with(given, chr(9))
            then given
        else nullif(trim(given, ' ' || chr(9) || chr(10) || chr(13)), '')
    end;

-- Whether text has signs beyond plain Latin ones.
create macro is_beyond_ascii(given) as strlen(given) > length(given);

-- A whole number that a tool wrote as a float is that number. `7.10` may be a name and stays.
create macro plain_number(given) as
    case
        when ends_with(given, '.0') and regexp_full_match(given, '-?(0|[1-9][0-9]*)[.]0')
            then case when given = '-0.0' then '0' else left(given, -2) end
        -- As Java writes a float of eight digits and more.
        when contains(given, 'E') and regexp_full_match(given, '-?[1-9][.][0-9]+E[1-9][0-9]?')
            and try_cast(given as decimal(38, 6)) = trunc(try_cast(given as decimal(38, 6)))
            then cast(try_cast(given as hugeint) as varchar)
        else given
    end;

-- A number of which a spreadsheet kept the first digits: several may be written so.
create macro is_shortened(given) as
    contains(given, '+') and regexp_full_match(given, '-?[0-9]([.,][0-9]+)?[Ee][+][0-9]+');

-- An identifier of a person or an order: filler words (a seed) and shortened numbers are none.
create macro identifier(given) as
    case
        when ends_with(given, '.0') or contains(given, 'E') or contains(given, 'e+')
            then list_transform(
                [plain_number(given)],
                lambda plain: case
                    when not is_filler(plain) and not is_shortened(plain) then plain
                end
            )[1]
        when not is_filler(given) then given
    end;

-- An address as it is keyed: written in one way, without what is put around it. Most rows of most
-- kinds have none, and a lambda makes a list of nothing too.
create macro plain_address(given) as
    case
        when given is not null then list_transform(
            list_transform(
                [
                    regexp_replace(
                        case when is_beyond_ascii(given) then bare(nfkc(given)) else given end,
                        '^\s*mailto:', '', 'i'
                    )
                ],
                lambda written: lower(tidy(written))
            ),
            lambda address: identifier(address)
        )[1]
    end;

-- Text without zero-width signs, and with plain blanks.
create macro bare(given) as
    regexp_replace(
        regexp_replace(
            given,
            '[\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}\x{00AD}]',
            '',
            'g'
        ),
        '[\x{00A0}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]', ' ', 'g'
    );

-- An instant that can be one: finite, and not before computers.
create macro plausible(instant) as
    case
        when instant >= timestamp '1970-01-01' and instant < timestamp '9999-01-01' then instant
    end;

-- The key of an address (HMAC-SHA256, RFC 2104). The padded keys are variables of the connection,
-- so that they are in no statement and in no message.
create macro key_of_address(address) as
    sha256(
        getvariable('outer_key')
        || unhex(sha256(getvariable('inner_key') || encode(plain_address(address))))
    );

-- What is kept of an identifier of a forgotten person: as the key of an address, of other words.
create macro tombstone(sort, value) as
    sha256(
        getvariable('outer_key')
        || unhex(sha256(
            getvariable('inner_key') || encode('forgotten ' || sort || ' ' || value)
        ))
    );

-- Cheap, and true for whatever might have an address in it.
create macro may_have_address(given) as
    contains(given, '@') or contains(given, '%40') or contains(given, '%2540');

-- Negated sets of plain signs on purpose: classes of letters take a hundred times as long to
-- compile.
create macro address_pattern() as
    '[^\s@<>"'',;:/?&=()\[\]{}|]+(@|%(25)*40|\\u0040)[^\s@<>"'',;:/?&=()\[\]{}|%\\]*'
    || '\.[^\s@<>"'',;:/?&=()\[\]{}|%\\0-9.][^\s@<>"'',;:/?&=()\[\]{}|%\\]+';

-- Text in which no address can be read.
create macro without_addresses(given) as
    case
        when may_have_address(given)
            then regexp_replace(given, address_pattern(), '[address]', 'g')
        else given
    end;

-- JSON text may also write the sign by its number.
create macro json_without_addresses(given) as
    case
        when may_have_address(given) or contains(given, 'u0040')
            then regexp_replace(given, address_pattern(), '[address]', 'g')
        else given
    end;

-- An identifier must still separate what it separated: one with an address in it is keyed whole.
create macro identifier_without_address(given) as
    case
        when may_have_address(given) and regexp_matches(given, address_pattern())
            then key_of_address(given)
        else given
    end;

-- The path of an address of the web: `/` where it has none.
create macro url_path(url) as
    case
        when contains(url, '://')
            then coalesce(nullif(regexp_extract(url, '^[^:/?#]+://[^/?#]*([^?#]*)', 1), ''), '/')
    end;

-- Text without its percent codes; where they are no UTF-8 (Latin-1, cut off) it stays as written.
create macro percent_decoded(given) as
    case when contains(given, '%') then coalesce(try(url_decode(given)), given) else given end;

-- A parameter of an address of the web.
create macro url_tag(url, parameter) as
    case
        when contains(url, parameter || '=') then nullif(
            case
                when contains(url, '%') then percent_decoded(raw_tag(url, parameter))
                else raw_tag(url, parameter)
            end,
            ''
        )
    end;

create macro raw_tag(url, parameter) as
    replace(regexp_extract(url, '[?&#;]' || parameter || '=([^&#;]*)', 1), '+', ' ');

-- The advertising click in an address of the web, as parameter:value; a paid one before others.
create macro url_click(url) as
    case
        when contains(url, '?') then coalesce(
            click_of(url, paid_click_pattern()), click_of(url, other_click_pattern())
        )
    end;

create macro click_of(url, pattern) as
    nullif(lower(regexp_extract(url, pattern, 1)) || ':' || regexp_extract(url, pattern, 2), ':');

-- The kind of device that a browser says it is on.
create macro device_of(user_agent) as
    case
        when user_agent = '' or user_agent is null then null
        when contains(user_agent, 'iPad') or contains(user_agent, 'Tablet')
            or (contains(user_agent, 'Android') and not contains(user_agent, 'Mobile'))
            then 'tablet'
        when contains(user_agent, 'Mobi') or contains(user_agent, 'iPhone')
            then 'mobile'
        else 'desktop'
    end;

-- A tool's own name for an event, in snake case: letters and digits of any script, lower-cased.
-- Plain words take the short way. A name without either is `unnamed`.
create macro snake_case(given) as
    case
        when regexp_full_match(given, '[a-z][a-z0-9_]*') then given
        when regexp_full_match(given, '[A-Za-z][a-z]*( [A-Za-z][a-z]*)*')
            then lower(replace(given, ' ', '_'))
        when given <> '' then coalesce(
            nullif(
                regexp_replace(
                    trim(
                        regexp_replace(
                            lower(
                                regexp_replace(
                                    case
                                        when is_beyond_ascii(given)
                                            then strip_accents(nfkc(without_addresses(given)))
                                        else without_addresses(given)
                                    end,
                                    '([\p{Ll}\p{N}])(\p{Lu})', '\1_\2', 'g'
                                )
                            ),
                            '[^\p{L}\p{M}\p{N}]+', '_', 'g'
                        ),
                        '_'
                    ),
                    '^(\p{N})', 'event_\1'
                ),
                ''
            ),
            'unnamed'
        )
    end;

-- Epoch microseconds as an instant; what no calendar holds becomes one that is not plausible.
create macro instant_of_microseconds(given) as
    make_timestamp(greatest(least(given, 253402300800000000), -1));

-- Whether a time ends with letters that several zones go by: BST is London's summer to a shop and
-- Dhaka's time to the database, CST lies on two continents. An offset or a region's name is clear.
create macro has_unclear_zone(given) as
    contains(given, ' ')
    and contains(right(given, 6), ' ')
    and regexp_matches(given, '[0-9] +[A-Za-z]{2,5}$')
    and upper(right(given, 3)) not in ('UTC', 'GMT');

create macro instant_of_zone(given) as
    list_transform(
        [given],
        lambda written: case
            when not has_unclear_zone(written) then try_cast(written as timestamptz)
        end
    )[1];

-- An instant as tools write it: those that the database reads, and those with a blank before the
-- offset, a comma before the fraction, a small z, a zone's name after the offset, or no separators.
create macro instant_of_text(given) as
    coalesce(
        case when not has_unclear_zone(given) then try_cast(given as timestamptz) end,
        instant_of_zone(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        upper(given),
                        '^([0-9]{4})([0-9]{2})([0-9]{2})[T ]([0-9]{2})([0-9]{2})([0-9]{2})',
                        '\1-\2-\3 \4:\5:\6'
                    ),
                    '(:[0-9]{2}),([0-9])', '\1.\2'
                ),
                '^([0-9-]{10})[T ]([0-9:.]+) *(Z|[+-][0-9:]+)(\[[^\]]+\]| [A-Z]{3,4})?$',
                '\1 \2\3'
            )
        )
    );

-- Epoch seconds or milliseconds as an instant; other text as it is, to be judged.
create macro instant_of_epoch(given) as
    case
        when try_cast(given as double) between 0 and 99999999999 then coalesce(
            cast(
                make_timestamp(cast(try_cast(given as decimal(20, 6)) * 1000000 as bigint))
                as varchar
            ),
            given
        )
        when try_cast(given as double) between 100000000000 and 99999999999999 then coalesce(
            cast(
                make_timestamp(cast(try_cast(given as decimal(20, 3)) * 1000 as bigint)) as varchar
            ),
            given
        )
        else given
    end;

-- An amount in the smallest unit of its currency, as payment services give it; text that is no
-- number stays as it is, to be judged. The Ugandan shilling and the Icelandic krona have no smaller
-- unit, but Stripe gives them in hundredths.
create macro of_smallest_unit(amount, currency) as
    coalesce(
        cast(
            try_cast(amount as decimal(15, 0)) * case
                when upper(currency) in (
                    'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND',
                    'VUV', 'XAF', 'XOF', 'XPF'
                ) then 1.000
                when upper(currency) in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 0.001
                else 0.010
            end as varchar
        ),
        amount
    );

-- Whether an identifier is an address: of tools that let a shop name people as it likes.
create macro is_address(given) as
    contains(given, '@') and regexp_full_match(given, '[^\s@<>,;]+@[^\s@<>,;]+');

-- A member that is JSON, or text that holds it; other text is nothing.
create macro json_of_text(given) as
    case
        when starts_with(given, '"') then try_cast((given ->> '$') as json)
        else given
    end;

-- What an entity of one schema says, of those that Snowplow attaches to an event.
create macro entity_of(entities, schema_part) as
    list_filter(
        entities, lambda entity: contains(entity ->> '$.schema', schema_part)
    )[1] -> '$.data';

-- A name in snake case as the stage rules know it: those of Segment's e-commerce spec, which many
-- shops give their events in whichever tool. Any other stays.
create macro vocabulary_name(given) as
    case
        when given = 'product_viewed' then 'product_view'
        when given = 'product_clicked' then 'select_item'
        when given = 'product_list_viewed' then 'view_item_list'
        when given = 'products_searched' then 'search'
        when given = 'promotion_viewed' then 'view_promotion'
        when given = 'promotion_clicked' then 'select_promotion'
        when given in ('product_added', 'wishlist_product_added_to_cart') then 'add_to_cart'
        when given = 'product_removed' then 'remove_from_cart'
        when given = 'product_added_to_wishlist' then 'add_to_wishlist'
        when given = 'product_removed_from_wishlist' then 'remove_from_wishlist'
        when given = 'cart_viewed' then 'view_cart'
        when given = 'checkout_started' then 'begin_checkout'
        when given = 'shipping_info_entered' then 'add_shipping_info'
        when given = 'payment_info_entered' then 'add_payment_info'
        when given = 'order_completed' then 'purchase'
        when given = 'order_refunded' then 'refund'
        when given in ('product_shared', 'cart_shared') then 'share'
        when given = 'reviews_read' then 'review_read'
        when given in ('product_compared', 'products_compared') then 'compare'
        when given = 'pricing_viewed' then 'pricing_view'
        when given = 'account_viewed' then 'account_view'
        when given in ('signed_in', 'logged_in') then 'login'
        when given = 'signed_up' then 'sign_up'
        when given in ('invite_sent', 'friend_referred') then 'refer_friend'
        else given
    end;

-- A number as people write it in reports: without a currency's sign, blanks and what parts its
-- thousands. Of a comma and a point the last one is the decimal sign; commas alone part thousands
-- where three digits follow each. Text that is no number stays as it is, to be judged.
create macro number_of_people(given) as
    list_transform(
        [
            regexp_replace(
                given, '^[^0-9(-]*(-?)[^0-9(]*|[\s\x{00A0}\x{202F}''’]|[^0-9.,]+$', '\1', 'g'
            )
        ],
        lambda bare: case
            when regexp_full_match(bare, '-?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?')
                then replace(bare, ',', '')
            when regexp_full_match(bare, '-?[0-9]{1,3}([.][0-9]{3})+,[0-9]+')
                then replace(replace(bare, '.', ''), ',', '.')
            when regexp_full_match(bare, '-?[0-9]{1,3}([.][0-9]{3}){2,}')
                then replace(bare, '.', '')
            when regexp_full_match(bare, '-?[0-9]+,[0-9]+') then replace(bare, ',', '.')
            when regexp_full_match(bare, '-?[0-9]+([.][0-9]+)?') then bare
            else given
        end
    )[1];

-- An instant as mails write it (Sun, 01 Feb 2026 10:00:00 +0000); other text as it is.
create macro instant_of_mail(given) as
    coalesce(
        cast(try_strptime(given, ['%a, %d %b %Y %H:%M:%S %z', '%d %b %Y %H:%M:%S %z']) as varchar),
        given
    );

-- What a metric of Klaviyo's says of an e-mail; null of all others.
create macro klaviyo_mail_event(metric) as
    case lower(metric)
        when 'received email' then 'delivered'
        when 'opened email' then 'opened'
        when 'clicked email' then 'clicked'
        when 'bounced email' then 'bounced'
        when 'dropped email' then 'dropped'
        when 'marked email as spam' then 'complained'
        when 'unsubscribed' then 'unsubscribed'
        when 'unsubscribed from email marketing' then 'unsubscribed'
        when 'unsubscribed from list' then 'unsubscribed'
    end;

-- By which other message a metric of Klaviyo's is; null of all others.
create macro klaviyo_channel(metric) as
    case
        when regexp_matches(metric, '\bSMS\b', 'i') then 'sms'
        when regexp_matches(metric, '\bPush\b', 'i') then 'push'
    end;

-- What a metric of messages says that happened, and who did it.
create macro klaviyo_message_event(metric) as
    case lower(metric)
        when 'received sms' then 'delivered'
        when 'clicked sms' then 'clicked'
        when 'sent sms' then 'replied'
        when 'failed to deliver sms' then 'failed'
        when 'subscribed to sms marketing' then 'subscribed'
        when 'unsubscribed from sms marketing' then 'unsubscribed'
        when 'received push' then 'delivered'
        when 'opened push' then 'opened'
        when 'bounced push' then 'failed'
        else snake_case(metric)
    end;

create macro klaviyo_direction(event_name) as
    case
        when event_name in ('delivered', 'failed') or event_name like 'failed_%' then 'outbound'
        else 'inbound'
    end;

-- What any other metric is called here.
create macro klaviyo_web_event(metric) as
    case snake_case(metric)
        when 'active_on_site' then 'page_view'
        when 'viewed_product' then 'product_view'
        when 'viewed_collection' then 'view_item_list'
        when 'submitted_search' then 'search'
        when 'added_to_cart' then 'add_to_cart'
        when 'started_checkout' then 'begin_checkout'
        when 'checkout_started' then 'begin_checkout'
        when 'placed_order' then 'purchase'
        when 'refunded_order' then 'refund'
        else vocabulary_name(snake_case(metric))
    end;

-- Klaviyo's events as connectors write them into tables, with person and metric. Where a table has a
-- person twice, the row that was updated last is taken; what was deleted is none.
create macro klaviyo_rows(delivered_rows, people, metrics) as table
with people as (
    select
        identifier(id) as person_id,
        max_by(email, (coalesce(updated, ''), email)) as email,
        max_by(external_id, (coalesce(updated, ''), external_id)) as customer_id,
        max_by(country, (coalesce(updated, ''), country)) as country
    from query_table(people)
    group by all
),

metrics as (
    select
        identifier(id) as metric_id,
        max_by(name, (coalesce(updated, ''), name)) as metric
    from query_table(metrics)
    group by all
),

events as (
    select
        * exclude (datetime, timestamp, type),
        coalesce(nullif(datetime, ''), timestamp) as occurred_at,
        'klaviyo:' || identifier(person_id) as profile,
        nullif(type, '') as own_metric
    from query_table(delivered_rows)
    where lower(coalesce(_fivetran_deleted, '')) <> 'true'
)

select
    events.*,
    people.customer_id,
    people.email,
    people.country,
    coalesce(metrics.metric, events.own_metric) as metric
from events
left join people on identifier(events.person_id) = people.person_id
left join metrics on identifier(events.metric_id) = metrics.metric_id;

-- Klaviyo's events with their profile and metric, from the pages of its API: what these say stands
-- once a page.
create macro klaviyo_events(delivered_pages) as table
with pages as (
    select
        _file,
        _row,
        json_extract(included, '$[*]') as included,
        case
            when json_type(data) = 'ARRAY' then json_extract(data, '$[*]')
            when json_type(data) = 'OBJECT' then [data]
            else [json_object('id', id, 'attributes', attributes, 'relationships', relationships)]
        end as events
    from query_table(delivered_pages)
),

events as (
    select
        _file,
        _row,
        unnest(events) as event
    from pages
),

listed as (
    select
        _file,
        _row,
        unnest(included) as other
    from pages
),

others as (
    select
        _file,
        _row,
        other ->> '$.type' as kind,
        other ->> '$.id' as own_id,
        any_value(other -> '$.attributes') as attributes
    from listed
    group by all
),

described as (
    select
        _file,
        _row,
        event ->> '$.id' as event_id,
        event ->> '$.attributes.datetime' as given_datetime,
        event ->> '$.attributes.timestamp' as given_timestamp,
        event -> '$.attributes.event_properties' as properties,
        event ->> '$.relationships.profile.data.id' as profile_id,
        event ->> '$.relationships.metric.data.id' as metric_id
    from events
)

select
    described._file,
    described._row,
    described.event_id,
    coalesce(described.given_datetime, instant_of_epoch(described.given_timestamp)) as occurred_at,
    described.properties,
    'klaviyo:' || identifier(described.profile_id) as profile,
    profiles.attributes ->> '$.external_id' as customer_id,
    profiles.attributes ->> '$.email' as email,
    profiles.attributes ->> '$.location.country' as country,
    metrics.attributes ->> '$.name' as metric
from described
left join others as profiles
    on described._file = profiles._file and described._row = profiles._row
    and described.profile_id = profiles.own_id and profiles.kind = 'profile'
left join others as metrics
    on described._file = metrics._file and described._row = metrics._row
    and described.metric_id = metrics.own_id and metrics.kind = 'metric';
