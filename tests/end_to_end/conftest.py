"""One undisturbed night of the shop whose nights are killed."""

import pytest

from tests.conftest import Shop, make_shop

SIZE = ("--people", "200", "--days", "12", "--end-date", "2026-11-20")


@pytest.fixture(scope="session")
def calm(once) -> Shop:
    def fill(folder) -> None:
        made = make_shop(folder)
        for command in (["simulate", *SIZE], ["run"]):
            done = made.journey(*command)
            assert done.returncode == 0, done.stdout + done.stderr

    return Shop(home=once("calm", fill))
