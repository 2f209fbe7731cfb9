"""The dbt project of a warehouse, and its manifest kept in step with its files.

dbt reads it in the data dir, as links to the files of the product: what dbt makes of it (manifest,
partial parse) is this warehouse's alone, and nothing is written beside the product's own files.
A new warehouse begins with a copy of what another one's parse of the same files gave.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journey.core.errors import EngineError
from journey.core.links import replace_link
from journey.core.paths import Paths
from journey.core.resources import resource
from journey.core.seeds import seed_files
from journey.core.settings import Settings
from journey.transform import kept_parses
from journey.transform.kept_parses import PARTIAL_PARSE

DBT_DIR = resource("dbt_project")
# Made by dbt, in the checkouts of earlier versions too; never a part of the project.
SEEDS = "seeds"
MADE = {"target", "logs", "dbt_packages", ".user.yml"}
dbt_executable = str(Path(sys.executable).parent / "journey-dbt")

# The tools' own telemetry is off wherever dbt is started from here.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")


@dataclass(frozen=True)
class Project:
    """A dbt project that is in order: its folder, and an up-to-date manifest of it."""

    folder: Path
    manifest: Path


def dbt_environment(settings: Settings) -> dict[str, str]:
    """All that dbt reads of the environment: where the data is and what it may use."""
    return {
        "JOURNEY_DATA_DIR": str(settings.data_dir),
        "JOURNEY_THREADS": str(settings.threads or os.cpu_count() or 1),
        "JOURNEY_MEMORY_LIMIT": settings.memory_limit,
        # Its log is for people; events reach Dagster by another way.
        "DBT_LOG_FORMAT_FILE": "text",
        "DBT_LOG_LEVEL_FILE": "info",
    }


def prepare_project(paths: Paths) -> Project:
    """The project of this warehouse; dbt parses it when no parse of the same files is at hand.

    Raises EngineError with dbt's last words where it does not parse.
    """
    with _locked(paths) as folder:
        files = _lay_out(paths, folder)
        target = folder / "target"
        manifest, parsed = target / "manifest.json", target / ".parsed"
        content = kept_parses.content(files)
        # Written when a parse has ended: one that was killed may leave half a manifest.
        if not (manifest.exists() and parsed.exists() and parsed.read_text() == content):
            parsed.unlink(missing_ok=True)
            if not kept_parses.restore(content, target):
                _parse_and_keep(paths, folder, content)
            # What a run has parsed is older now, and where the product was may be in it.
            (paths.dbt_target_dir / PARTIAL_PARSE).unlink(missing_ok=True)
            parsed.write_text(content)
    return Project(folder, manifest)


def lay_out(paths: Paths) -> Path:
    """The folder of the project of this warehouse, with every link in place; nothing is parsed."""
    with _locked(paths) as folder:
        _lay_out(paths, folder)
    return folder


@contextmanager
def _locked(paths: Paths) -> Iterator[Path]:
    folder = paths.dbt_project_dir
    (folder / "target").mkdir(parents=True, exist_ok=True)
    with open(folder / "target" / ".parse.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _lay_out(paths: Paths, folder: Path) -> Mapping[str, Path]:
    """Link every part into the folder, a team's own seeds too; returns the parts by places."""
    parts = {path.name: path for path in DBT_DIR.iterdir() if path.name not in MADE | {SEEDS}}
    described = {path.name: path for path in (DBT_DIR / SEEDS).glob("*.yml")}
    rows = {path.name: path for path in seed_files(paths.own_dir).values()}
    _link(folder, parts)
    _link(folder / SEEDS, described | rows)
    return parts | {f"{SEEDS}/{name}": path for name, path in (described | rows).items()}


def _link(folder: Path, parts: Mapping[str, Path]) -> None:
    """Let the folder have these links, and beside them what dbt made."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in parts and path.name not in MADE | {SEEDS}:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for place, path in parts.items():
        replace_link(folder / place, str(path))


def _parse_and_keep(paths: Paths, folder: Path, content: str) -> None:
    """Others are given what was made of the files alone, and nothing that went on from a parse."""
    target = folder / "target"
    is_continued = (target / PARTIAL_PARSE).exists()
    _parse(paths, folder)
    if not is_continued:
        kept_parses.keep(content, target)


def _parse(paths: Paths, folder: Path) -> None:
    last_words = _run(paths, folder, ["parse"], folder / "target")
    if last_words is not None:
        raise EngineError(f"dbt_project does not parse; fix it and run again: {last_words}")


def make_seeds_and_views(settings: Settings) -> None:
    """Let the private warehouse have all that costs nothing: seeds, sources and the views of them.

    Raises EngineError with dbt's last words.
    """
    folder, target = settings.dbt_project_dir, settings.dbt_target_dir / "duckdb"
    command = ["build", "--select", "config.materialized:view", "resource_type:seed"]
    command += ["--resource-type", "model", "--resource-type", "seed"]
    last_words = _run(settings, folder, command, target)
    if last_words is not None:
        raise EngineError(f"dbt_project: its views cannot be made on DuckDB: {last_words}")


def _run(paths: Paths, folder: Path, command: list[str], target: Path) -> str | None:
    """Run dbt on DuckDB, whichever engine is set; returns its last words where it failed."""
    # Variables that a user has set for dbt elsewhere would be written into the manifest.
    given = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    result = subprocess.run(
        [dbt_executable, "--quiet", *command],
        env=given
        | {
            "JOURNEY_DATA_DIR": str(paths.data_dir),
            "DBT_PROJECT_DIR": str(folder),
            "DBT_PROFILES_DIR": str(folder),
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(target),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if not result.returncode:
        return None
    return " ".join((result.stdout + result.stderr).split())[-600:]
