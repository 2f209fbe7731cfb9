"""The dbt project parsed once for all warehouses of the tests.

Every warehouse has a parse of its own, which takes ten seconds; here a new one is given a copy, as
if dbt had parsed it already: nothing in a parse names its warehouse.

A parse is kept under the content of the files that it is made of, never under their times: dbt
goes on with what it parsed before, in which a seed still has the rows that it had then.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from journey.core.paths import Places
from journey.core.seeds import seed_files
from journey.transform.project import DBT_DIR, MADE, Project, prepare_project

REPO = Path(__file__).resolve().parent.parent
PARSED = REPO / "dbt_project" / "target" / "tests"
KEPT_SECONDS = 86_400  # of a parse whose files are others by now; another session may use it


def parsed_project(own_dir: Path = REPO) -> Project:
    """The project as a warehouse has it whose settings file is in `own_dir`."""
    own = own_dir if (own_dir / "seeds").is_dir() else None
    home = PARSED / content_of(DBT_DIR, seed_files(own).values())
    home.mkdir(parents=True, exist_ok=True)
    with _private(), open(home / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _remove_unused()
        config = (own or home) / "journey.toml"
        return prepare_project(Places(data_dir=home / "data", config_file=config))


def content_of(project: Path, seeds: Iterable[Path]) -> str:
    """What dbt's files are and hold, in short, with these files as its seeds."""
    parts = [path for path in project.iterdir() if path.name not in MADE]
    files = [path for part in parts for path in (part.rglob("*") if part.is_dir() else [part])]
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted({*files, *seeds}):
        if path.is_file():
            digest.update(f"{path}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def _remove_unused() -> None:
    """Every use of a parse opens its lock for writing, so its time is that of the last use."""
    for lock in PARSED.glob("*/.lock"):
        if time.time() - lock.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(lock.parent)


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
