"""Programs that only some people want: each in an extra of this package, or said to be missing."""

from importlib.util import find_spec

from journey.core.errors import ConfigurationError
from journey.core.resources import is_checkout


def require(module: str, extra: str, command: str) -> None:
    """Raise ConfigurationError with how to install it where `module` is absent."""
    if find_spec(module) is None:
        raise ConfigurationError(
            f"`{command}` needs {module}, which is not installed; {how_to_install(extra)}"
        )


def how_to_install(extra: str) -> str:
    """What to do for an extra, beside a clone or where the wheel is installed."""
    if is_checkout():
        return (
            f"install the extra '{extra}' in the project's folder: "
            f".venv/bin/uv pip install -e '.[{extra}]'"
        )
    return (
        f"install the wheel with the extra '{extra}': pip install 'FILE.whl[{extra}]', where "
        "FILE.whl is the wheel that you installed"
    )
