"""What is made wrong in the facts: people, their touchpoints and visits, orders, and the days."""

from collections.abc import Mapping

from tests.checks.defects import Defects

FACTS: Mapping[str, Defects] = {
    "people": Defects(
        [
            "update marts.people set net_revenue = 5 where order_count = 0",
            "update marts.people set last_touch_at = '2026-11-22' where order_count = 1",
            "update marts.people set acquisition_channel = 'fax' where order_count = 1",
            "insert into marts.people from marts.people where person_id = 'cust:1'",
            "update marts.people set person_id = '1' where order_count = 0",
            "update marts.people set current_stage = 'advocacy' where order_count = 0",
            "update marts.people set persona = 'lost', expected_orders_90d = 0.1"
            " where order_count = 0",
            "update marts.people set recency_score = 5, expected_orders_90d = 0.8"
            " where order_count = 1",
        ],
        [
            "No person without an order has revenue",
            "Last touches are before as_of",
            "Acquisition channels are those of the channel rules",
            "A person is a customer, an address or a device",
            "Stages are canonical stages or lapsed and no person is beyond their furthest",
            "Personas are those of the scores and scores those of buyers",
            "Equal buyers have equal scores and better ones no lower scores",
            "Expectations are of buyers",
            "Expected orders grow with the time that they look ahead",
        ],
        ["one_row_per people"],
    ),
    "days": Defects(
        [
            "insert into marts.days values ('2026-11-18', '2026-11-17', '2026-11-02')",
            "insert into marts.days from marts.days where calendar_date = '2026-11-20'",
        ],
        [
            "No day is missing",
            "Days begin with the first touch and end before as_of",
            "Weeks begin on the Monday at or before the day",
            "Months begin on their first day",
        ],
        ["one_row_per days"],
    ),
    "touchpoints": Defects(
        [
            "insert into marts.touchpoints from marts.touchpoints",
            "update marts.touchpoints set person_id = null, occurred_at = '2026-11-22'"
            " where touchpoint = 'order:placed'",
            "update marts.touchpoints set visit_id = 'x', person_id_basis = 'guess',"
            " stage = 'bliss' where touchpoint = 'email:sent'",
        ],
        [
            "Stages are the canonical ones",
        ],
        [
            "one_row_per touchpoints",
            "assert_nothing_happens_at_or_after_as_of",
            "assert_every_inbound_touchpoint_has_a_visit",
        ],
    ),
    "visits": Defects(
        [
            "update marts.visits set visit_number = 2 where person_id = 'cust:1'",
            "update marts.visits set ended_at = '2026-11-20 08:00' where person_id = 'anon:d2'",
            "update marts.visits set is_overlong = true where person_id = 'cust:1'",
        ],
        [
            "Visits are named by their person and number",
            "Visits end at or after their start",
            "Visits of more than a day are flagged and no others",
        ],
        ["assert_visits_are_numbered_without_gaps"],
    ),
    "orders": Defects(
        [
            "insert into marts.orders by name select * replace ('orders:shop:o2' as touchpoint_id,"
            " 'o2' as order_id, 3 as order_number, 12.00 as net_revenue,"
            " date '2026-11-23' as ordered_date) from marts.orders",
            "insert into marts.orders by name select * replace ('orders:shop:o3' as touchpoint_id,"
            " 'o3' as order_id, 'fax' as channel, -1 as refunded_amount, -1 as net_revenue,"
            " 'cust:2' as person_id) from marts.orders where order_id = 'o1'",
            "update marts.orders set is_counted = false where order_id = 'o1'",
        ],
        [
            "Orders are on their day of the reporting time zone",
            "Counted orders are the placed ones among the touchpoints",
            "Counted orders of a person are numbered from one without gaps",
            "What follows from the number of an order agrees with it",
            "Refunded amounts are not negative",
            "Net revenue is not negative",
            "Net revenue is at most the net amount",
            "Channels are those of the channel rules",
        ],
    ),
}
