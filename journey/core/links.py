"""Links that readers open, replaced in one step."""

import os
from pathlib import Path


def replace_link(path: Path, target: str) -> None:
    """Let `path` lead to `target`: at every moment to what it led to before, or to that."""
    if path.is_symlink() and os.readlink(path) == target:
        return
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    os.replace(temporary, path)
