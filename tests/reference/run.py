"""What one run is given: the instant it describes and the settings that change what counts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    as_of: datetime
    reporting_time_zone: str = "UTC"
    reporting_currency: str = "GBP"
    orders_from: str = "orders"
    max_people_per_device: int = 10
    visit_timeout_minutes: int = 30
    conversion_window_days: int = 30
    experiment_window_days: int = 14
    attribution_lookback_days: int = 30
    split_by_order: bool = True
    stage_models: tuple[str, ...] = ()  # empty: all
    own_domains: tuple[str, ...] = ()
    payment_domains: tuple[str, ...] = ()
