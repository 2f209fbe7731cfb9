"""The dbt project parsed once for all warehouses of the tests.

Every warehouse has a parse of its own, which takes ten seconds; here a new one is given a copy, as
if dbt had parsed it already. Which is what it holds: nothing in a parse names its warehouse.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from journey.core.paths import Places
from journey.transform.project import Project, prepare_project

REPO = Path(__file__).resolve().parent.parent
PARSED = REPO / "dbt_project" / "target" / "tests"


def parsed_project(own_dir: Path = REPO) -> Project:
    """The project as a warehouse has it whose settings file is in `own_dir`."""
    own = own_dir if (own_dir / "seeds").is_dir() else None
    home = PARSED / (hashlib.sha256(str(own).encode()).hexdigest()[:8] if own else "shipped")
    home.mkdir(parents=True, exist_ok=True)
    with _private(), open(home / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        config = (own or home) / "journey.toml"
        return prepare_project(Places(data_dir=home / "data", config_file=config))


def give_parsed_project(data_dir: Path, own_dir: Path) -> None:
    """Let a data dir that has no project yet begin with a parsed one."""
    folder = data_dir / "dbt_project"
    if not folder.exists():
        parsed = parsed_project(own_dir).folder
        with _private():
            shutil.copytree(parsed, folder, symlinks=True)


@contextmanager
def _private() -> Iterator[None]:
    """Files as the product makes them."""
    mask = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(mask)
