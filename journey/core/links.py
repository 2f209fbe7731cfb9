"""Links that readers open, replaced in one step."""

import os
import shutil
from pathlib import Path


def replace_link(path: Path, target: str) -> None:
    """Let `path` lead to `target`: at every moment to what it led to before, or to that.

    A folder in its place, as a copy of links that were followed leaves one, goes.
    """
    if path.is_symlink() and os.readlink(path) == target:
        return
    aside = path.with_name(f".{path.name}.old")
    if path.is_dir() and not path.is_symlink():
        os.rename(path, aside)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    os.replace(temporary, path)
    shutil.rmtree(aside, ignore_errors=True)
