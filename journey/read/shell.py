"""`journey shell`: harlequin, a SQL editor in the terminal, on a sandboxed snapshot."""

import os
import sys
from pathlib import Path

from journey.core.paths import Paths
from journey.read.extras import require
from journey.read.snapshot import SANDBOX, current_version


def open_shell(paths: Paths) -> None:
    """Replace this process by the editor; returns only by raising."""
    require("harlequin", "shell", "journey shell")
    command = shell_command(paths)
    os.execv(command[0], command)  # noqa: S606 - the project's own program


def shell_command(paths: Paths) -> list[str]:
    """Harlequin on the version that readers see now; it keeps it until it is closed."""
    program = Path(sys.executable).parent / "harlequin"
    database = current_version(paths).database
    return [
        str(program),
        *("--adapter", "duckdb", "--read-only", "--init-path", str(SANDBOX)),
        "--no-download-tzdata",
        *("--profile", "None"),  # a profile of one's own could load extensions first
        str(database),
    ]
