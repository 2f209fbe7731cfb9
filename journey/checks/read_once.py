"""Great Expectations reads the configuration of an expectation once for all of its arguments.

It copies the whole of one, nested values too, for each argument that it asks for: fourteen thousand
copies for the gates of a run of few rows, a tenth of the time of that run less dbt.
"""

from typing import Any

from great_expectations.expectations.expectation import Expectation

METHODS = (
    "_get_domain_kwargs",
    "_get_runtime_kwargs",
    "_get_success_kwarg",
    "_get_success_kwargs",
)


class Read:
    """An expectation as its own methods see it while they collect arguments: it does not change."""

    def __init__(self, expectation: Expectation) -> None:
        self._expectation = expectation
        self.configuration = expectation.configuration

    def __getattr__(self, name: str) -> Any:
        return getattr(self._expectation, name)


def install() -> None:
    """Let this process collect arguments so; again does nothing."""
    for name in METHODS:
        if not hasattr(Read, name):
            collect = getattr(Expectation, name)
            setattr(Read, name, collect)
            setattr(Expectation, name, _once(collect))


def _once(collect: Any) -> Any:
    def collected(expectation: Expectation, *given: Any, **named: Any) -> Any:
        return collect(Read(expectation), *given, **named)

    return collected
