"""The gates: Great Expectations run inside DuckDB over what arrived and over the marts.

`expectations/` says what must hold; this package reads it, runs it and reports every check as a
plain value. It decides nothing about data: no thresholds and no table names live in code. It does
not know Dagster, and it never fetches rows: only counts leave the database.
"""

from journey.checks.gate import validate, validate_marts, validate_raw
from journey.checks.results import blocking_failures, is_blocked
from journey.checks.suites import SUITES_DIR, Suite, read_suite, suites_of

__all__ = [
    "SUITES_DIR",
    "Suite",
    "blocking_failures",
    "is_blocked",
    "read_suite",
    "suites_of",
    "validate",
    "validate_marts",
    "validate_raw",
]
