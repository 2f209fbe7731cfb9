"""Files are replaced whole; what is no file is written to."""

import os
import stat
import threading
from pathlib import Path

import pytest

from journey.core.errors import EngineError
from journey.core.files import replace_text


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "some.txt"
    for text in ("before", "after"):
        assert replace_text(path, text) == path
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_a_pipe_stays_one_and_hands_the_text_on(tmp_path: Path) -> None:
    """As a device does: one that is replaced is gone for every program of the machine."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(path.read_text()), daemon=True)
    reader.start()
    replace_text(path, "text")
    assert stat.S_ISFIFO(path.lstat().st_mode)
    reader.join(timeout=30)
    assert read == ["text"]


def test_a_folder_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be written"):
        replace_text(tmp_path, "text")
    assert tmp_path.is_dir()
