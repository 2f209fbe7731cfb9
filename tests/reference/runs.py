"""Runs that the recount is held against: the settings, and the seed of the histories."""

from datetime import datetime

from .run import Run

RUNS = {
    # the defaults of a small shop, where three people make a shared device
    "orders_in_utc": (
        1,
        Run(
            as_of=datetime(2026, 7, 1),
            max_people_per_device=2,
            experiment_window_days=7,
            own_domains=("shop.example",),
            payment_domains=("pay.example",),
        ),
    ),
    # as_of within a local day, other settings, another currency, rates that change on the way
    "orders_in_new_york": (
        2,
        Run(
            as_of=datetime(2026, 2, 10, 17, 45),
            reporting_time_zone="America/New_York",
            reporting_currency="USD",
            max_people_per_device=3,
            visit_timeout_minutes=20,
            conversion_window_days=11,
            experiment_window_days=11,
            attribution_lookback_days=11,
            split_by_order=False,
            stage_models=("experience", "digital"),
        ),
    ),
    # no order feed, and a zone that is ahead by half hours
    "web_orders_in_kolkata": (
        3,
        Run(as_of=datetime(2026, 4, 30), reporting_time_zone="Asia/Kolkata", orders_from="web"),
    ),
}
