"""Sealing and showing one version: fill, account for, make durable, swap, prune.

Each step leaves the version that readers see whole, so that a process may die anywhere in here.
"""

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from importlib import metadata

import duckdb

from journey.checks import blocking_failures
from journey.core import failpoints, memory
from journey.core.checks import Check
from journey.core.durable import make_durable
from journey.core.errors import DataError, EngineError
from journey.core.paths import Paths
from journey.core.privacy import follow
from journey.core.redaction import without_values
from journey.core.resources import PACKAGES_DIR, is_checkout
from journey.core.settings import Settings
from journey.publish import reports, versions
from journey.publish.manifest import MANIFEST, Version, describe, write_manifest
from journey.publish.snapshot import fill


def publish(
    settings: Settings,
    *,
    marts: Sequence[str],
    run_id: str,
    as_of: datetime,
    checks: Iterable[Check],
    raw_state: str = "",
) -> Version:
    """Seal the marts of the private warehouse as a new version and show it to readers.

    The caller holds the writer's lock and has passed every gate: a blocking failure among `checks`
    raises DataError. `raw_state` is kept as given. Raises
    EngineError when a file cannot be written; then readers keep what they had.
    """
    verdicts = tuple(checks)
    _require_passed(verdicts)
    settings.published_dir.mkdir(parents=True, exist_ok=True)
    versions.versions_dir(settings).mkdir(exist_ok=True)
    versions.sweep(settings)
    now = datetime.now(UTC).replace(microsecond=0)
    name = _name(settings, now, run_id)
    building = versions.versions_dir(settings) / f"{versions.BUILDING}{name}"
    failpoints.point("publish.before_snapshot")
    try:
        building.mkdir()
        shown = versions.current(settings)
        counts = fill(
            settings,
            building,
            marts=marts,
            run_id=run_id,
            run_at=now,
            checks=verdicts,
            previous=shown.database if shown else None,
        )
        paths = [path for path in building.rglob("*") if path.is_file()]
        version = Version(
            name=name,
            directory=versions.versions_dir(settings) / name,
            run_id=run_id,
            as_of=as_of,
            published_at=now,
            code_version=_code_version(),
            raw_state=raw_state,
            row_counts=counts,
            files=describe(building, paths),
            checks=verdicts,
        )
        write_manifest(version, building)
        make_durable([*paths, building / MANIFEST], [building / "parquet", building])
        reports.carry_over(shown.directory if shown else None, building)
        follow(building, settings.published_dir)
        versions.put_in_place(settings, building, name)
    except (duckdb.Error, OSError) as error:
        shutil.rmtree(building, ignore_errors=True)
        reason = without_values(str(error))
        raise EngineError(
            f"{settings.published_dir}: version {name} could not be written ({reason}); readers "
            f"keep the last one; {memory.advice(reason, 'make room or fix that')}, and run again"
        ) from error
    failpoints.point("publish.before_prune")
    versions.prune(settings)
    return version


def _require_passed(checks: Sequence[Check]) -> None:
    failures = blocking_failures(checks)
    if failures:
        named = "; ".join(f"{check.asset} {check.check_name}" for check in failures[:3])
        raise DataError(
            f"nothing is published: {named} failed; readers keep the last version; fix the "
            "cause and run again"
        )


def _name(paths: Paths, now: datetime, run_id: str) -> str:
    """A name that sorts after every kept one, also when the clock was set back."""
    newest = max((version.name for version in versions.versions(paths)), default="")
    moment = now
    if newest:
        moment = max(now, versions.moment_of(newest) + timedelta(seconds=1))
    prefix = "".join(character for character in run_id if character.isalnum())[:8]
    return f"{moment:{versions.MOMENT}}-{prefix or 'run'}"


def _code_version() -> str:
    """What git calls this code, else the package's version."""
    git = shutil.which("git")
    if git and is_checkout() and (PACKAGES_DIR / ".git").exists():
        described = subprocess.run(
            [git, "-C", str(PACKAGES_DIR), "describe", "--tags", "--always", "--dirty"],
            capture_output=True,
            text=True,
            check=False,
        )
        if described.returncode == 0:
            return described.stdout.strip()
    return metadata.version("journey-warehouse")
