"""A warehouse of nothing yet, and a reader who never stops."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from journey.core.settings import Settings
from tests.publish.versions import run_that_readers_see


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "journey.toml"
    config.write_text("")
    return Settings.load(config, tmp_path / "data", threads=2)


@pytest.fixture
def reader(settings: Settings) -> Iterator[list[int]]:
    """A thread that opens the published file again and again, meanwhile."""
    seen: list[int] = []
    failures: list[BaseException] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.wait(0.005):
            try:
                run = run_that_readers_see(settings)
            except BaseException as error:
                failures.append(error)
                return
            if run is not None:
                seen.append(run)

    thread = threading.Thread(target=read)
    thread.start()
    yield seen
    is_over.set()
    thread.join()
    assert not failures, failures
