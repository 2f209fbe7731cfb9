"""The account that a version gives of itself: `manifest.json`, and `Version`, which reads it.

The file is part of the interface: add to it, do not rename. Which versions exist, and which one is
current, is `versions.py`'s.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from journey.core.checks import Check
from journey.core.errors import EngineError

MANIFEST = "manifest.json"
# Of the files and tables of a version, for readers; 1 where a manifest does not say it.
SCHEMA = 1


@dataclass(frozen=True)
class File:
    """One published file, as it was sealed."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Version:
    """One sealed version. `raw_state` says what it was built from, in the writer's own words."""

    name: str
    directory: Path
    run_id: str
    as_of: datetime
    published_at: datetime
    code_version: str
    raw_state: str
    row_counts: Mapping[str, int]
    files: tuple[File, ...]
    checks: tuple[Check, ...]
    schema: int = SCHEMA

    @property
    def database(self) -> Path:
        return self.directory / "journey.duckdb"


def write_manifest(version: Version, directory: Path) -> None:
    """Write the manifest of `version` into `directory`, which may still bear another name."""
    content: dict[str, Any] = {
        "version": version.name,
        "schema": version.schema,
        "run_id": version.run_id,
        "as_of": version.as_of.isoformat(),
        "published_at": version.published_at.isoformat(timespec="seconds"),
        "code_version": version.code_version,
        "raw_state": version.raw_state,
        "row_counts": dict(version.row_counts),
        "files": [asdict(file) for file in version.files],
        "checks": [check.as_dict() for check in version.checks],
    }
    (directory / MANIFEST).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def read_version(directory: Path) -> Version:
    """Read a sealed version back. Raises EngineError where its manifest is damaged."""
    try:
        content = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        return _version_of(content, directory)
    except (ValueError, KeyError, TypeError):
        raise EngineError(
            f"{directory / MANIFEST}: this manifest is damaged; run `journey doctor --repair`, "
            "which sets it aside, and `journey run`, which publishes a new version; until then "
            "readers see this one, or another after `journey rollback VERSION`"
        ) from None


def _version_of(content: dict[str, Any], directory: Path) -> Version:
    return Version(
        name=content["version"],
        directory=directory,
        run_id=content["run_id"],
        as_of=datetime.fromisoformat(content["as_of"]),
        published_at=datetime.fromisoformat(content["published_at"]),
        code_version=content["code_version"],
        raw_state=content["raw_state"],
        row_counts=content["row_counts"],
        files=tuple(File(**file) for file in content["files"]),
        checks=tuple(Check(**check) for check in content["checks"]),
        schema=int(content.get("schema", 1)),
    )


def describe(directory: Path, paths: Iterable[Path]) -> tuple[File, ...]:
    """Size and hash of each file, by its path below `directory`."""
    files = []
    for path in sorted(paths):
        with open(path, "rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        files.append(File(str(path.relative_to(directory)), os.path.getsize(path), digest))
    return tuple(files)
