"""The state of a warehouse: what it is, whether it is in order, and an earlier version again."""

from pathlib import Path
from typing import Annotated

import typer

from journey.cli.app import Config, DataDir, plain_console
from journey.core.paths import Places, resolve_config, resolve_data_dir
from journey.core.settings import Settings
from journey.core.sizes import in_words

group = typer.Typer()


@group.command()
def status(
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Show versions, freshness, the last run and what is in quarantine.

    Example: journey status
    """
    from journey.cli import console
    from journey.read.status import read_status

    console.status(read_status(Settings.load(config, data_dir)), as_json=json)


@group.command()
def doctor(
    is_repairing: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Rebuild a lost ledger from raw, set damaged manifests aside, restore links.",
        ),
    ] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Say whether ledger, key and published versions are in order; with --repair, put them right.

    Exit codes: 0 in order, 4 something is not.

    Example: journey doctor --repair
    """
    from journey.cli import doctor as doctors

    doctors.run(Settings.load(config, data_dir), is_repairing=is_repairing)


@group.command()
def backup(
    to: Annotated[Path, typer.Option("--to", help="Folder that gets the backup's own.")],
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Copy the warehouse and its settings, whole, also while a run goes on, with hashes of all.

    Example: journey backup --to /mnt/backups
    """
    from journey.upkeep import backup as backups

    made = backups.back_up(Settings.load(config, data_dir), to)
    plain_console().print(
        f"{made.files:,} files ({in_words(made.bytes)}) are copied to {made.folder}", markup=False
    )


@group.command()
def restore(
    source: Annotated[
        Path, typer.Option("--from", help="A backup: a folder that `journey backup` has written.")
    ],
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Put a backup where there is no warehouse, once every hash of it is as written.

    Example: journey restore --from /mnt/backups/journey-20261121T020000Z
    """
    from journey.upkeep import backup as backups

    file = resolve_config(config)
    made = backups.restore(Places(resolve_data_dir(data_dir, file), file), source)
    plain_console().print(
        f"{made.files:,} files ({in_words(made.bytes)}) are restored to {made.folder}; `journey "
        "doctor` looks at them, `journey run` goes on from them",
        markup=False,
    )


@group.command()
def rollback(
    version: Annotated[str, typer.Argument(help="A version that `journey status` lists.")],
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Let readers see an earlier version again, in one step.

    Example: journey rollback 20261121T020000Z-1f3a
    """
    from journey import publish
    from journey.pages import report

    settings = Settings.load(config, data_dir)
    publish.rollback(settings, version)
    if report.described_version(settings) != version:
        report.rebuild(settings)  # the run of that version ended before its report was made
    plain_console().print(
        f"Readers now see version {version}, until a run that finds something new publishes; "
        "fix the cause before it."
    )
