"""Writing a file in one step: a reader sees the one of before or the whole new one."""

import os
import uuid
from pathlib import Path

from journey.core.errors import EngineError


def replace_text(path: Path, text: str) -> Path:
    """Make `path` hold `text`; its folder is made where it is missing. Raises EngineError.

    What is no file, such as a pipe or `/dev/null`, stays what it is and is written to.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.new")
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_text(text, encoding="utf-8")
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise EngineError(
            f"{path}: cannot be written ({error.strerror}); make room there, or name another "
            "folder with --to"
        ) from None
    return path
