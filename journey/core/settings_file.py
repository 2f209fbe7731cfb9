"""The settings file as a source of settings, and what is wrong with it in sentences.

Which source wins over which is said in `settings`, what values may be in its fields.
"""

import tomllib
from importlib.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, TomlConfigSettingsSource

from journey.core.errors import ConfigurationError

# Where things are is not the file's to say: the file itself is found by them.
OPTIONS = {"data_dir": "--data-dir", "config_file": "--config"}
VARIABLES = {"data_dir": "JOURNEY_DATA_DIR", "config_file": "JOURNEY_CONFIG"}


class SettingsFile(TomlConfigSettingsSource):
    """The values of a `journey.toml`; none where there is no file."""

    def __init__(self, settings_cls: type[BaseSettings], path: Path | None) -> None:
        try:
            super().__init__(settings_cls, path)
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(
                f"{path}: this is not valid TOML ({error}); fix that line and run again"
            ) from None
        except RecursionError:
            raise ConfigurationError(
                f"{path}: its lists are nested too deeply to be read; fix it and run again"
            ) from None
        except UnicodeDecodeError as error:
            raise ConfigurationError(
                f"{path}: this is not UTF-8 (byte {error.start}); save it as UTF-8 and run again"
            ) from None
        except OSError as error:
            raise _unreadable(path, error.strerror) from None
        for name in OPTIONS.keys() & self.toml_data.keys():
            raise ConfigurationError(
                f"{path}: '{name}' is not set in the file; take it out and give {OPTIONS[name]}, "
                f"or set {VARIABLES[name]}"
            )

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        """As editors of Windows save it, too: with a mark of its encoding."""
        return tomllib.loads(file_path.read_text(encoding="utf-8-sig"))


def require(path: Path) -> None:
    """Raise ConfigurationError where there is no settings file at this path."""
    if not path.exists():
        raise ConfigurationError(
            f"{path}: there is no such settings file; write one there (`journey simulate` begins "
            "the demo shop in an empty folder), or name another with --config or JOURNEY_CONFIG"
        )
    if not path.is_file():
        raise _unreadable(path, "it is no file")


def _unreadable(path: Path | None, why: str | None) -> ConfigurationError:
    return ConfigurationError(
        f"{path}: the settings file cannot be read ({why}); name a file that can be with --config, "
        "or see to its permissions"
    )
