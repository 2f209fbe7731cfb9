"""Every command is helped by an example that can be typed."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from orchestration import cli


def commands(command: Any = None, path: tuple[str, ...] = ("journey",)) -> Iterator[tuple]:
    """Every command of the command line, with the words that call it."""
    command = command or get_command(cli.app)
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=str)
def test_every_command_is_helped_by_an_example_that_works(path: tuple[str, ...], command) -> None:
    assert command.help, f"{' '.join(path)} has no help"
    examples = [
        line.strip().removeprefix("Example: ").split(", ")[0]
        for line in command.help.splitlines()
        if line.strip().startswith("Example: ")
    ]
    assert examples, f"the help of {' '.join(path)} has no line 'Example: {' '.join(path)} …'"
    for example in examples:
        words = shlex.split(example)
        assert words[: len(path)] == list(path)
        if not hasattr(command, "commands"):
            command.make_context(path[-1], words[len(path) :])  # raises on what it does not take
        for option in command.params:
            assert getattr(option, "help", None), f"{' '.join(path)} {option.name} has no help"


def test_help_is_shown_without_a_mistake(capfd: pytest.CaptureFixture) -> None:
    journey = Path(sys.executable).parent / "journey"
    for arguments in ([], ["--help"], ["run", "--help"]):
        assert subprocess.run([journey, *arguments], check=False).returncode == 0
        shown = capfd.readouterr().out
        assert "Example: journey" in shown
        assert "<bool>" not in shown, "a flag takes no value"
