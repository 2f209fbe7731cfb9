"""The dbt project parsed once for all warehouses of the tests, as for all of an installation.

Tests keep parses in a folder of their own, and two processes do not parse at once what neither has.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from journey.core.cache_dir import CACHE_VARIABLE
from journey.core.paths import Places
from journey.transform.project import Project, prepare_project

REPO = Path(__file__).resolve().parent.parent
KEPT = REPO / "dbt_project" / "target" / "tests"


def keep_parses_of_tests() -> None:
    """For this process and those that it starts."""
    os.environ[CACHE_VARIABLE] = str(KEPT)


def parsed_project() -> Project:
    """The project as the warehouse of the repository's settings has it."""
    return _prepared(KEPT / "data", REPO)


def give_parsed_project(data_dir: Path, own_dir: Path) -> None:
    """Let a data dir have the project that belongs to a settings file in `own_dir`."""
    parsed_project()
    _prepared(data_dir, own_dir)


def _prepared(data_dir: Path, own_dir: Path) -> Project:
    with _private():
        return prepare_project(Places(data_dir=data_dir, config_file=own_dir / "journey.toml"))


@contextmanager
def _private() -> Iterator[None]:
    """Files as the product makes them."""
    mask = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(mask)
