"""`journey notebook`: marimo on loopback, with the worked answers or a notebook of one's own."""

import os
import shutil
import sys
from pathlib import Path

from journey.core.errors import ConfigurationError
from journey.core.loopback import LOOPBACK, assert_free
from journey.core.paths import Paths
from journey.core.resources import resource
from journey.core.umask import as_the_user_makes_files
from journey.read.extras import require
from journey.read.snapshot import current_version

WORKED_ANSWERS = resource("notebooks") / "five_answers.py"


def open_notebook(
    paths: Paths, path: Path | None, *, edit: bool, port: int, headless: bool
) -> None:
    """Replace this process by marimo's server; returns only by raising.

    Without `edit` the notebook is run and shown, its code included; what is edited of the worked
    answers is a copy in the current folder. The address holds a token, since who can edit it can
    run code.
    """
    require("marimo", "notebook", "journey notebook")
    notebook = path or (_copy_of_worked_answers() if edit else WORKED_ANSWERS)
    if notebook.suffix != ".py" or not notebook.is_file():
        raise ConfigurationError(
            f"{notebook}: there is no such notebook (a .py file); to begin one, copy "
            f"{WORKED_ANSWERS}"
        )
    current_version(paths)
    assert_free(port)
    environment = os.environ | {
        "JOURNEY_CONFIG": str(paths.config_file),
        "JOURNEY_DATA_DIR": str(paths.data_dir),
        "MARIMO_SKIP_UPDATE_CHECK": "1",
    }
    mode = "edit" if edit else "run"
    command = [sys.executable, "-m", "marimo", mode, str(notebook), "--no-sandbox", "--token"]
    command += ["--host", LOOPBACK, "--port", str(port)]
    if not edit:
        command.append("--include-code")
    if headless:
        command.append("--headless")
    os.execve(command[0], command, environment)  # noqa: S606 - the project's own program


def _copy_of_worked_answers() -> Path:
    copy = Path.cwd() / WORKED_ANSWERS.name
    if not copy.exists():
        with as_the_user_makes_files():
            shutil.copyfile(WORKED_ANSWERS, copy)
    return copy
