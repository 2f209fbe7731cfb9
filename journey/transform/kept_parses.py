"""What dbt made of the project, kept for all warehouses of this installation.

A parse costs more than many a run, and nothing in it is of a warehouse: `journey-dbt` calls the
data dir `.`, and no setting is in the profile. It is kept under the content of what it is made of.
A parse that cannot be kept or read, or is damaged, is made anew: this never fails.
"""

import contextlib
import hashlib
import io
import os
import sys
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from journey.core import durable
from journey.core.cache_dir import cache_dir, is_own
from journey.core.resources import PACKAGES_DIR

PARTIAL_PARSE = "partial_parse.msgpack"
# The manifest last: where it is, so are the others.
ARTEFACTS = ("semantic_manifest.json", PARTIAL_PARSE, "manifest.json")
MADE_BY = ("journey-warehouse", "dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb")
MOST = 8  # of an installation, or of some; each is less than a megabyte
DIGEST_SIZE = hashlib.sha256().digest_size


def content(parts: Mapping[str, Path]) -> str:
    """A fingerprint of all that a parse is made of: files by their places, and programs."""
    digest = hashlib.sha256(f"{sys.version} {sys.prefix} {PACKAGES_DIR}\n".encode())
    for name in MADE_BY:
        digest.update(f"{name} {version(name)}\n".encode())
    for place, path in _files(parts):
        digest.update(f"{place}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _files(parts: Mapping[str, Path]) -> Iterable[tuple[str, Path]]:
    for place, part in sorted(parts.items()):
        for path in sorted(part.rglob("*")) if part.is_dir() else [part]:
            if path.is_file():
                yield f"{place}/{path.relative_to(part)}", path


def restore(key: str, target: Path) -> bool:
    """Put the parse of this content into `target`; False where none is kept whole."""
    with contextlib.suppress(OSError):
        packed = _read(_folder() / key)
        if packed is not None:
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                for name in ARTEFACTS:
                    (target / name).write_bytes(archive.read(name))
            return True
    return False


def keep(key: str, target: Path) -> None:
    """Keep the parse in `target` as that of this content; the least used of many go."""
    with contextlib.suppress(OSError):
        folder = _folder()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ARTEFACTS:
                archive.writestr(name, (target / name).read_bytes())
        _write(folder / key, packed.getvalue())
        _prune(folder)


def _folder() -> Path:
    """Raises OSError where nothing can be kept."""
    home = cache_dir()
    if home is None:
        raise FileNotFoundError("no folder to keep a parse in")
    folder = home / "parses"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _read(path: Path) -> bytes | None:
    """What was kept, if it is whole and this user's own; its time becomes that of its last use."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with open(descriptor, "rb") as file:
        if not is_own(os.fstat(descriptor)):
            return None
        digest, packed = file.read(DIGEST_SIZE), file.read()
    if hashlib.sha256(packed).digest() != digest:
        return None
    os.utime(path)
    return packed


def _write(path: Path, packed: bytes) -> None:
    """Aside and then in its place, after its digest: damage of any kind shows before it is read."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        aside.write_bytes(hashlib.sha256(packed).digest() + packed)
        aside.chmod(0o600)
        durable.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    """Keep those that were used last; what a killed process left aside is as old as the others."""
    found = sorted(folder.iterdir(), key=lambda path: path.lstat().st_mtime, reverse=True)
    for path in found[MOST:]:
        path.unlink(missing_ok=True)
