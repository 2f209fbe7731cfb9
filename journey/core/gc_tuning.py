"""How often a process looks for garbage."""

import gc

FEW = 50_000


def collect_rarely() -> None:
    """Look for unreachable objects once in 50,000 new ones, far more rarely than by default.

    Most of what Dagster and dbt make lives to the end of a command; looking through it again and
    again was up to a tenth of a small run's processor time, and found nothing (the most memory
    that a run takes was the same).
    """
    gc.set_threshold(FEW)
