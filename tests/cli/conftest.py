"""A place to make a mistake in."""

import os
from pathlib import Path

import pytest

from tests.cli.places import Place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name in [name for name in os.environ if name.startswith(("JOURNEY_", "DAGSTER_HOME"))]:
        monkeypatch.delenv(name)
    return Place(tmp_path, monkeypatch)
