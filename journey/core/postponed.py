"""Importing a library without what only parts of it need: until those parts need it, or at all."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class Postponed(ModuleType):
    """Stands for a module, which is imported when something of it is used."""

    def __getattr__(self, name: str) -> Any:
        # The import system asks for such names of every module that it finds.
        if name.startswith("__"):
            raise AttributeError(name)
        _step_aside(self)
        return getattr(import_module(self.__name__), name)


@contextmanager
def postponed(*names: str) -> Iterator[None]:
    """Let what is imported meanwhile hold these modules without their import.

    Afterwards others import them as ever. A module that is imported already stays as it is.
    """
    stand_ins = {name: Postponed(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for stand_in in stand_ins.values():
            _step_aside(stand_in)


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Let what is imported meanwhile do without these modules, as where they are not installed.

    Afterwards others import them as ever. A module that is imported already stays as it is.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _step_aside(stand_in: Postponed) -> None:
    if sys.modules.get(stand_in.__name__) is stand_in:
        del sys.modules[stand_in.__name__]
