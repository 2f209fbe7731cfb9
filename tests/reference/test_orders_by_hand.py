"""The recount's mart of orders on a few orders, worked out on paper."""

from datetime import date
from decimal import Decimal

from .by_hand import at, counted, order, web
from .orders_mart import orders_mart
from .rows import Refund
from .seeds import DEFAULTS


def test_orders_of_two_people_and_what_follows_from_their_number():
    rows = [
        web("03-01 09:00", event_id="w1", customer_id="1"),
        order("03-01 09:10", "o1", "100.00", total_amount=Decimal("120.00"), customer_id="1"),
        order("03-02 09:10", "o2", "50.00", status="cancelled", customer_id="1"),
        web("03-04 21:09", event_id="w2", customer_id="1"),
        order("03-04 21:10", "o3", "20.00", customer_id="1", currency="JPY"),
        order("03-05 12:00", "o4", "30.00", customer_id="2"),
        order("03-06 12:00", "o5", "30.00", customer_id="2", is_test=True),
        Refund(refund_id="r1", order_id="o1", refunded_at=at("03-03 10:00"), amount=Decimal("60")),
    ]
    channels = {
        "web_events:shop:w1": ("email", "spring"),
        "web_events:shop:w2": ("direct", None),
    }
    assert "JPY" not in {currency for currency, _ in DEFAULTS.rates}
    table = orders_mart(counted(rows, channels))
    said = {key[0].split(":")[2]: row for key, row in table.items()}
    assert set(said) == {"o1", "o2", "o3", "o4"}

    def column(name: str) -> list:
        return [said[number][name] for number in ("o1", "o2", "o3", "o4")]

    assert column("person_id") == ["cust:1", "cust:1", "cust:1", "cust:2"]
    assert column("ordered_date")[0] == date(2026, 3, 1)
    assert column("is_counted") == [True, False, True, True]
    assert column("order_number") == [1, None, 2, 1]
    assert column("is_first") == [True, False, False, True]
    assert column("hours_since_previous_order") == [None, None, 84.0, None]
    assert column("net_amount") == [Decimal("100.00"), Decimal("50.00"), None, Decimal("30.00")]
    assert column("refunded_amount") == [Decimal("60.00"), Decimal(0), None, Decimal(0)]
    assert column("net_revenue") == [Decimal("50.00"), Decimal("50.00"), None, Decimal("30.00")]
    assert column("exchange_rate") == [1, 1, None, 1]
    assert column("visit_id") == ["cust:1#1", "cust:1#2", "cust:1#3", "cust:2#1"]
    assert column("channel") == ["email", "direct", "direct", "direct"]
    assert column("campaign") == ["spring", None, None, None]
    # The second counted order has one touch, which is direct; a person without a touch has none.
    assert column("last_non_direct_channel") == ["email", None, "direct", "unattributed"]
