"""How often a process looks for garbage."""

import gc

FEW = 50_000


def collect_rarely() -> None:
    """Look for unreachable objects once in 50,000 new ones instead of once in 700.

    What Dagster and dbt make lives to the end of a night; looking through it again and again was a
    tenth of a small night's processor time. Memory stays what it was.
    """
    gc.set_threshold(FEW)
