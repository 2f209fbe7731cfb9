"""Commands that sentences name can be typed as they stand."""

from importlib import metadata

import pytest

from journey.cli.commands import with_options
from tests.conftest import Shop

GIVEN = ["run", "--data-dir", "/srv/a shop/data", "--config=/srv/journey.toml"]
NEEDED = "--data-dir '/srv/a shop/data' --config /srv/journey.toml"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("run `journey run` again", f"run `journey run {NEEDED}` again"),
        ("`journey run --full-refresh`", f"`journey run --full-refresh {NEEDED}`"),
        ("`journey serve --data-dir /x`", "`journey serve --data-dir /x`"),
        ("`chmod o= data` and journey", "`chmod o= data` and journey"),
    ],
)
def test_a_command_is_named_with_the_options_that_were_given(sentence: str, expected: str) -> None:
    assert with_options(sentence, GIVEN) == expected
    assert with_options(sentence, ["run"]) == sentence


def test_an_error_names_a_command_on_the_same_warehouse(shop: Shop) -> None:
    where = str(shop.home / "elsewhere")
    failed = shop.journey("sql", "select 1", "--data-dir", where)
    assert failed.returncode == 3
    assert f"`journey run --data-dir {where}`" in failed.stderr


def test_the_version_is_that_of_the_package(shop: Shop) -> None:
    said = shop.journey("--version")
    assert (said.returncode, said.stdout) == (
        0,
        f"journey {metadata.version('journey-warehouse')}\n",
    )
