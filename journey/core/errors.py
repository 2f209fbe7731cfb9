"""The ways a run can end without its result, each with the exit code that schedulers see.

A message is one sentence that says what is wrong, where, and what to do next. Nothing here
formats or prints: the command line does.
"""


class JourneyError(Exception):
    """Base of every failure that is explained to the user instead of traced."""

    exit_code = 4
    run_id: str | None = None  # the run that it ended, where it got as far as one


class ConfigurationError(JourneyError):
    """The settings, the command or the environment are wrong; no data was touched."""

    exit_code = 2


class DataError(JourneyError):
    """A blocking check failed; the last published snapshot stays."""

    exit_code = 3


class EngineError(JourneyError):
    """A tool failed, a lock is held or an invariant of ours is broken."""

    exit_code = 4


class StoppedError(JourneyError):
    """A signal asked the process to end: 130 for SIGINT, 143 for SIGTERM, as shells say it."""

    def __init__(self, sentence: str, signal_number: int) -> None:
        super().__init__(sentence)
        self.exit_code = 128 + signal_number
