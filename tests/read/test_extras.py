"""What is said of a program that is not installed: how to install it where the user works."""

from pathlib import Path

import pytest

from journey.core import resources
from journey.core.errors import ConfigurationError
from journey.read import extras

WANTED = ("no_such_module", "notebook", "journey notebook")


def test_beside_a_clone_the_extra_is_installed_into_it() -> None:
    with pytest.raises(ConfigurationError, match=r"pip install -e '\.\[notebook\]'"):
        extras.require(*WANTED)


def test_where_a_wheel_is_installed_the_extra_is_installed_with_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "SHIPPED_DIR", tmp_path)
    with pytest.raises(ConfigurationError, match=r"pip install 'FILE\.whl\[notebook\]'"):
        extras.require(*WANTED)
