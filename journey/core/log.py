"""One readable line a step, for people: the command line shows it, Dagster logs it.

Counts and names only: nothing that is said here may be personal.
"""

import logging

logger = logging.getLogger("journey")


def say(step: str, sentence: str) -> None:
    """Tell that `step` is done, in words."""
    logger.info("%s", sentence, extra={"step": step})
