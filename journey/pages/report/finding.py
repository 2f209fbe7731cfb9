"""Where the readers' report is, and which version it describes. Nothing is made here."""

import json
from pathlib import Path

from journey import publish
from journey.core.errors import ConfigurationError
from journey.core.paths import Paths

# Which version a report describes, for programs; people read it on the page.
ACCOUNT = "report.json"


def page(paths: Paths) -> Path:
    """The page that readers open."""
    return paths.published_dir / publish.REPORT / "index.html"


def described_version(paths: Paths) -> str | None:
    """The version that the readers' report describes; None without a report."""
    account = page(paths).with_name(ACCOUNT)
    if not account.exists():
        return None
    return str(json.loads(account.read_text(encoding="utf-8"))["version"])


def find(paths: Paths) -> tuple[Path, str]:
    """The page and the version that it describes. Raises ConfigurationError without a report."""
    version = described_version(paths)
    if version is None:
        raise ConfigurationError(
            f"{page(paths)}: there is no journey report yet; `journey run` makes one with every "
            "version, `journey report --rebuild` makes that of the published one"
        )
    return page(paths), version
