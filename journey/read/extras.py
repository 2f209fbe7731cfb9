"""Programs that only some people want: each in an extra of this package, or said to be missing."""

from importlib.util import find_spec

from journey.core.errors import ConfigurationError


def require(module: str, extra: str, command: str) -> None:
    """Raise ConfigurationError with how to install it where `module` is absent."""
    if find_spec(module) is None:
        raise ConfigurationError(
            f"`{command}` needs {module}, which is not installed; install the extra '{extra}' in "
            f"the project's folder: .venv/bin/uv pip install -e '.[{extra}]'"
        )
