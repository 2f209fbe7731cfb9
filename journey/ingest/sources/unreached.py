"""What can be wrong with a place that is elsewhere, in our own words: a library may quote secrets.

What a person has to put right (an extra, credentials, a bucket's name) is a ConfigurationError.
"""

from journey.core.errors import ConfigurationError


class UnreachedError(Exception):
    """The place did not answer, or not to the end: it may at the next try."""


class GoneError(Exception):
    """The file was taken away since it was listed."""


class CancelledError(Exception):
    """Another file ended the copying."""


def extra_is_missing(where: str, extra: str, module: str) -> ConfigurationError:
    """The error of a library that is not installed."""
    return ConfigurationError(
        f"{where}: to read it the library {module} is needed, which is not installed; install "
        f"journey-warehouse[{extra}] (pip install 'journey-warehouse[{extra}]') and run again"
    )
