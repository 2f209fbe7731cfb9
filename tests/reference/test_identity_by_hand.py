"""Who is one person, worked out on paper.

Recount and SQL are written from the same page; the answers on paper are the third voice.
"""

from datetime import date

from .by_hand import AS_OF, MICROSECOND, at, counted, mail, order, owners, web
from .choices import BOT_AGENT
from .rows import Customer, Feedback, Referral


def test_a_shared_device_belongs_to_who_identified_last_and_before_that_to_the_first():
    recounted = counted(
        [
            web("03-01 09:00", event_id="a"),
            web("03-01 10:00", event_id="b", anonymous_id="d1", customer_id="ann"),
            web("03-01 10:00", event_id="c"),
            web("03-02 09:00", event_id="d"),
            web("03-02 10:00", event_id="e", anonymous_id="d1", customer_id="bob"),
            web("03-02 11:00", event_id="f"),
        ]
    )
    assert owners(recounted) == {
        "a": ("cust:ann", "device_after", "cust:bob"),
        "b": ("cust:ann", "own_customer", "cust:ann"),
        "c": ("cust:ann", "device_before", "cust:bob"),
        "d": ("cust:ann", "device_before", "cust:bob"),
        "e": ("cust:bob", "own_customer", "cust:bob"),
        "f": ("cust:bob", "device_before", "cust:bob"),
    }


def test_of_identifications_at_one_instant_the_last_wins_for_later_and_the_first_for_earlier():
    # The order is (kind, source, key): feedback, orders, web_events.
    recounted = counted(
        [
            web("03-01 09:00", event_id="early"),
            web("03-01 10:00", event_id="id", anonymous_id="d1", customer_id="web"),
            order("03-01 10:00", anonymous_id="d1", customer_id="shop"),
            Feedback(
                feedback_id="f",
                occurred_at=at("03-01 10:00"),
                form="csat",
                score=3,
                anonymous_id="d1",
                customer_id="survey",
            ),
            web("03-01 10:00", event_id="same"),
        ]
    )
    whose = owners(recounted)
    assert whose["early"] == ("cust:survey", "device_after", "cust:web")
    assert whose["same"] == ("cust:web", "device_before", "cust:web")


def test_an_address_belongs_to_the_customer_it_was_first_seen_with_also_for_earlier_mails():
    recounted = counted(
        [
            mail("03-01 08:00", "opened", email_key="k1"),
            web("03-02 09:00", email_key="k1", customer_id="zoe"),
            web("03-02 09:00", email_key="k1", customer_id="ann"),
            mail("03-03 09:00", "opened", email_key="k1", customer_id="zoe"),
            mail("03-04 09:00", "opened", email_key="k2"),
        ]
    )
    people = [each.person_id for each in recounted.touchpoints if each.kind == "email_events"]
    assert people == ["cust:ann", "cust:zoe", "email:k2"]


def test_customer_rows_and_referrals_are_evidence_at_their_own_instants():
    # The customers row counts at created_at, long before its update; the referral names an address.
    recounted = counted(
        [
            Customer(
                customer_id="late",
                updated_at=at("05-01 00:00"),
                created_at=at("02-01 00:00"),
                email_key="k1",
            ),
            web("03-01 09:00", email_key="k1", customer_id="early"),
            Referral(
                referral_id="r",
                occurred_at=at("03-01 09:00"),
                referrer_customer_id="ann",
                referred_email_key="k2",
                referred_customer_id="friend",
            ),
            mail("03-05 09:00", "opened", email_key="k1"),
            mail("03-05 09:00", "opened", email_key="k2"),
        ]
    )
    people = [each.person_id for each in recounted.touchpoints if each.kind == "email_events"]
    assert people == ["cust:late", "cust:friend"]
    sent = [each.person_id for each in recounted.touchpoints if each.kind == "referrals"]
    assert sent == ["cust:ann"]


def test_every_delivered_version_of_a_customer_is_evidence_but_only_up_to_as_of():
    versions = [
        Customer(customer_id="ann", updated_at=at("02-01 00:00"), email_key="old"),
        Customer(customer_id="ann", updated_at=at("03-01 00:00"), email_key="new"),
        Customer(customer_id="ann", updated_at=AS_OF, created_at=at("01-01 00:00"), email_key="x"),
    ]
    recounted = counted(
        [*versions, *(mail("04-01 09:00", "opened", email_key=key) for key in ("old", "new", "x"))]
    )
    assert [each.person_id for each in recounted.touchpoints] == ["cust:ann", "cust:ann", "email:x"]


def test_an_unowned_address_identifies_a_device_only_while_no_customer_ever_has():
    alone = counted([web("03-01 09:00"), web("03-02 09:00", anonymous_id="d1", email_key="k1")])
    assert [each.person_id for each in alone.touchpoints] == ["email:k1", "email:k1"]
    joined = counted(
        [
            web("03-01 09:00", event_id="a"),
            web("03-02 09:00", event_id="b", anonymous_id="d1", email_key="k1"),
            web("03-02 10:00", event_id="c"),
            web("05-02 09:00", event_id="d", anonymous_id="d1", customer_id="ann"),
        ]
    )
    whose = {key: (person, basis) for key, (person, basis, _) in owners(joined).items()}
    assert whose == {
        "a": ("cust:ann", "device_after"),
        "b": ("email:k1", "own_email"),
        "c": ("cust:ann", "device_after"),
        "d": ("cust:ann", "own_customer"),
    }


def test_a_shared_device_identifies_no_person():
    rows = [
        web(f"03-0{day} 09:00", event_id=f"i{day}", anonymous_id="d1", customer_id=f"c{day}")
        for day in (1, 2, 3)
    ]
    anonymous = web("03-05 09:00", event_id="a")
    two_people = counted([*rows[:2], anonymous], max_people_per_device=2)
    assert owners(two_people)["a"] == ("cust:c2", "device_before", "cust:c2")
    three_people = counted([*rows, anonymous], max_people_per_device=2)
    assert owners(three_people)["a"] == ("anon:d1", "device_only", "anon:d1")
    assert owners(three_people)["i1"] == ("cust:c1", "own_customer", "cust:c1")
    assert three_people.identity.shared_devices == {"d1": 3}


def test_bots_and_machines_are_evidence_and_touchpoints_but_not_inbound():
    recounted = counted(
        [
            web("03-01 09:00", anonymous_id="d1", customer_id="ann", user_agent=BOT_AGENT),
            web("03-01 10:00"),
            mail("03-01 10:10", "opened", customer_id="ann", is_machine=True),
            mail("03-01 10:20", "delivered", customer_id="ann"),
            mail("03-01 10:25", "unsubscribed", customer_id="ann", is_machine=True),
            mail("03-01 10:30", "clicked", anonymous_id="d1", user_agent=BOT_AGENT),
        ]
    )
    assert [each.person_id for each in recounted.touchpoints] == ["cust:ann"] * 6
    inbound = [each.is_inbound for each in recounted.touchpoints]
    assert inbound == [False, True, False, False, True, False]
    (visit,) = recounted.person("cust:ann").visits
    assert (visit.started_at, visit.ended_at) == (at("03-01 10:00"), at("03-01 10:25"))


def test_the_later_delivery_of_a_key_wins_and_nothing_at_or_after_as_of_counts():
    recounted = counted(
        [
            web("03-01 09:00", "search", event_id="a", delivered_on=date(2026, 3, 2)),
            web("03-01 09:30", "login", event_id="a", delivered_on=date(2026, 3, 4)),
            web("03-01 09:45", "share", event_id="a", delivered_on=date(2026, 3, 3), file_row=9),
            web(AS_OF - MICROSECOND, event_id="last"),
            web(AS_OF, event_id="never"),
            web("03-01 09:00", event_id="moved", delivered_on=date(2026, 3, 2)),
            web(AS_OF, event_id="moved", delivered_on=date(2026, 3, 3)),
        ]
    )
    assert [(each.touchpoint_id, each.touchpoint) for each in recounted.touchpoints] == [
        ("web_events:shop:a", "web:login"),
        ("web_events:shop:last", "web:page_view"),
    ]
