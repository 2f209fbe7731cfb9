"""`journey doctor`: whether the state of a warehouse is whole, and what puts it right.

What is wrong is said in the words of those who would stumble on it; here it is only asked of them.
"""

from rich.console import Console

from journey import ingest, publish
from journey.cli.commands import with_options
from journey.core.errors import EngineError, JourneyError
from journey.core.lock import writer_lock
from journey.core.settings import Settings
from journey.ingest import rebuild
from journey.upkeep import examining, layout


def examine(settings: Settings) -> list[str]:
    """What is wrong, a sentence each; nothing is changed."""
    found = []
    for look in (
        layout.require_known,
        ingest.require_ledger,
        ingest.require_raw,
        ingest.require_email_key,
        publish.versions,
    ):
        try:
            look(settings)
        except JourneyError as error:
            found.append(str(error))
    return [*found, *examining.findings(settings)]


def repair(settings: Settings) -> list[str]:
    """Put right what can be, and say what was done."""
    done = []
    with writer_lock(settings):
        if layout.version_of(settings) < layout.VERSION:
            layout.bring_up(settings)
            done.append(f"the data dir is brought up to layout {layout.VERSION}")
        done += examining.close(settings)
        if rebuild.is_needed(settings):
            made = rebuild.rebuild(settings)
            done.append(
                f"the ledger is rebuilt: {made.loads:,} loads of {made.files:,} files"
                + (f"; the one before is {made.aside.name}" if made.aside else "")
            )
            if made.without_record:
                done.append(
                    f"{made.without_record:,} loads had no record of their files: the next run "
                    "reads those that are there again, and their rows count as duplicates"
                )
        done += [
            f"{path.parent.name}: its manifest is set aside; the next run publishes a new version"
            for path in publish.set_aside(settings)
        ]
        publish.heal(settings)
        done += examining.complete_records(settings)
    return done


def run(settings: Settings, *, is_repairing: bool) -> None:
    """Print what was found or done. Raises EngineError while something is wrong."""
    console = Console(highlight=False, soft_wrap=True)
    if is_repairing:
        for sentence in repair(settings) or ["There was nothing to repair."]:
            console.print(sentence, markup=False)
    found = examine(settings)
    for sentence in found[1:]:
        console.print(f"✗ {sentence}", markup=False)
    if found:
        raise EngineError(found[0])
    console.print(with_options(in_order(settings)), markup=False)


def in_order(settings: Settings) -> str:
    """What was found in order, of what there is."""
    if ingest.latest_run_with_files(settings) is None:
        return "Nothing has been loaded yet, so there is nothing to examine: run `journey run`."
    versions = len(publish.versions(settings))
    if not versions:
        return (
            "The ledger, the key for addresses and the data dir are in order; no version is "
            "published yet: run `journey run`."
        )
    published = "1 published version" if versions == 1 else f"{versions:,} published versions"
    return f"The data dir, the ledger, the key for addresses and {published} are in order."
