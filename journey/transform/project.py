"""The one dbt project, and its manifest kept in step with its files."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

from journey.core.errors import EngineError
from journey.core.settings import PROJECT_DIR, Settings

DBT_DIR = PROJECT_DIR / "dbt_project"
dbt_executable = str(Path(sys.executable).parent / "journey-dbt")
MANIFEST = DBT_DIR / "target" / "manifest.json"

# The tools' own telemetry is off wherever dbt is started from here.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")


def dbt_environment(settings: Settings) -> dict[str, str]:
    """All that dbt reads of the environment: where the data is and what it may use."""
    environment = {
        "JOURNEY_DATA_DIR": str(settings.data_dir),
        "JOURNEY_MEMORY_LIMIT": settings.memory_limit,
        # Its log is for people; events reach Dagster by another way.
        "DBT_LOG_FORMAT_FILE": "text",
        "DBT_LOG_LEVEL_FILE": "info",
    }
    if settings.threads:
        environment["JOURNEY_THREADS"] = str(settings.threads)
    return environment


def manifest() -> Path:
    """The path of an up-to-date manifest; parses the project when a file of it is newer.

    Raises EngineError with dbt's last words where the project does not parse.
    """
    path = MANIFEST
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.parent / ".parse.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Touched when a parse has ended: one that was killed may leave half a manifest.
        parsed = path.parent / ".parsed"
        is_known = path.exists() and parsed.exists()
        if not is_known or parsed.stat().st_mtime < _newest_source():
            began = time.time()
            _parse()
            parsed.touch()
            os.utime(parsed, (began, began))
    return path


def _newest_source() -> float:
    folders = ("models", "macros", "seeds", "tests", "analyses")
    files = [DBT_DIR / "dbt_project.yml", DBT_DIR / "profiles.yml"]
    files += [path for folder in folders for path in (DBT_DIR / folder).rglob("*")]
    return max(path.stat().st_mtime for path in files)


def _parse() -> None:
    result = subprocess.run(
        [dbt_executable, "--quiet", "parse"],
        env=os.environ
        | {
            "JOURNEY_DATA_DIR": str(MANIFEST.parent),  # any folder: none is looked at
            "DBT_PROJECT_DIR": str(DBT_DIR),
            "DBT_PROFILES_DIR": str(DBT_DIR),
            "DBT_TARGET_PATH": str(MANIFEST.parent),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        last_words = " ".join((result.stdout + result.stderr).split())[-600:]
        raise EngineError(f"dbt_project does not parse; mend it and run again: {last_words}")
