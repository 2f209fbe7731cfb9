"""The customer journey warehouse as a library.

What is listed here is public: it keeps its meaning from one minor version to the next, and a change
is in the changelog. Everything else may change. Importing it costs nothing until a name is used.
`docs/guides/python.md` shows it at work; `orchestration.run.run` makes a run.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journey.core.errors import ConfigurationError, DataError, EngineError, JourneyError
    from journey.core.settings import Settings
    from journey.publish.manifest import Version
    from journey.publish.result import RunResult
    from journey.read.query import Answer, answer
    from journey.read.snapshot import Snapshot, open_snapshot

__all__ = [
    "Answer",
    "ConfigurationError",
    "DataError",
    "EngineError",
    "JourneyError",
    "RunResult",
    "Settings",
    "Snapshot",
    "Version",
    "answer",
    "open_snapshot",
]

_HOMES = {
    "journey.core.errors": ("ConfigurationError", "DataError", "EngineError", "JourneyError"),
    "journey.core.settings": ("Settings",),
    "journey.publish.manifest": ("Version",),
    "journey.publish.result": ("RunResult",),
    "journey.read.query": ("Answer", "answer"),
    "journey.read.snapshot": ("Snapshot", "open_snapshot"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module 'journey' has no attribute '{name}'")
