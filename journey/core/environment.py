"""Variables for those that read the environment of their process: given, and taken back."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def variables(given: Mapping[str, str]) -> Iterator[None]:
    """Let the process have these variables, and afterwards those of their names it had before."""
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
