"""One small demo for all tests of the simulation."""

from datetime import date
from pathlib import Path

import pytest

from demo import simulate
from tests.demo.deliveries import Delivered, all_rows

PEOPLE, DAYS, SEED, END_DATE = 1_500, 120, 7, date(2026, 11, 20)


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The landing folder of the demo."""
    folder = tmp_path_factory.mktemp("landing")
    simulate(folder, PEOPLE, DAYS, SEED, END_DATE)
    return folder


@pytest.fixture(scope="session")
def rows(landing: Path) -> dict[str, list[Delivered]]:
    """All delivered rows of the demo, by the name of their source."""
    return all_rows(landing)
