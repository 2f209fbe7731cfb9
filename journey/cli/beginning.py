"""`journey init`: what is asked, what is written, and what is said of it.

Which file is of which tool is `journey.ingest.recognise`'s to say.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from journey.core.errors import ConfigurationError, DataError
from journey.core.settings import Settings
from journey.ingest import recognise
from journey.ingest.addresses import without_addresses
from journey.ingest.recognise import Delivered

CURRENCY, ZONE = "GBP", "UTC"


def is_asking() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def write(
    config: Path, data_dir: Path, folder: Path | None, currency: str | None, zone: str | None,
    *, is_forced: bool,
) -> None:  # fmt: skip
    """Write a settings file for what lies in `folder`. Raises JourneyError where there is none."""
    _require_free(config, is_forced=is_forced)
    place = _folder(folder, data_dir)
    currency = currency or _asked("Currency of reported amounts", CURRENCY)
    zone = zone or _asked("Time zone of reported days", ZONE)
    domains = _asked("The shop's own domains, with commas between", "")
    found = recognise.folder(place, data_dir, own_dir=config.parent, currency=currency)
    if not found:
        raise DataError(f"{place}: there is no file in it; put your exports there, or name another")
    text = recognise.settings_text(
        found,
        currency=currency,
        time_zone=zone,
        own_domains=[domain.strip() for domain in domains.split(",") if domain.strip()],
    )
    config.parent.mkdir(parents=True, exist_ok=True)
    _check(text, config, data_dir)
    config.write_text(text, encoding="utf-8")
    _show(found, config)
    if not any(delivered.format for delivered in found):
        raise DataError(
            f"{place}: no file in it is of a tool that is known, and none has the columns of a "
            f"kind; {config} says what they have; docs/guides/your-data.md shows how to map them"
        )


def _require_free(config: Path, *, is_forced: bool) -> None:
    if not config.exists() or is_forced:
        return
    if is_asking() and typer.confirm(f"{config} is there already. Replace it?", default=False):
        return
    raise ConfigurationError(
        f"{config}: it is there already and stays as it is; give --force to have it replaced, or "
        "name another with --config"
    )


def _folder(given: Path | None, data_dir: Path) -> Path:
    place = given
    if place is None:
        default = data_dir / "landing"
        if is_asking():
            place = Path(typer.prompt("Folder of the exports", default=str(default)))
        elif default.is_dir():
            place = default
        else:
            raise ConfigurationError(
                "no folder of exports is named; give it, as in `journey init exports`, or put "
                f"them into {default}"
            )
    place = place.expanduser().resolve()
    if not place.is_dir():
        raise ConfigurationError(f"{place}: there is no such folder; name the one of your exports")
    return place


def _asked(question: str, default: str) -> str:
    if not is_asking():
        return default
    answer: str = typer.prompt(question, default=default, show_default=bool(default))
    return answer


def _check(text: str, config: Path, data_dir: Path) -> None:
    """Raise ConfigurationError where the answers make no settings, before anything is written."""
    draft = config.with_name(f".{config.name}.draft")
    draft.write_text(text, encoding="utf-8")
    try:
        Settings.load(draft, data_dir)
    except ConfigurationError as error:
        raise ConfigurationError(str(error).replace(str(draft), str(config))) from None
    finally:
        draft.unlink()


def _show(found: Sequence[Delivered], config: Path) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for delivered in found:
        files = "1 file" if delivered.files == 1 else f"{delivered.files:,} files"
        is_known = delivered.format is not None
        console.print("[green]✓[/]" if is_known else "[yellow]![/]", end=" ")
        path = without_addresses(delivered.path)
        console.print(f"{path} ({files}): {_what(delivered)}", markup=False)
    console.print(f"Written: {config}", markup=False)
    console.print()


def _what(delivered: Delivered) -> str:
    kinds = " and ".join(delivered.kinds)
    if delivered.fault:
        return f"left out, as {delivered.fault}"
    if delivered.lacking:
        lacking = ", ".join(delivered.lacking)
        return f"{delivered.format}, without the tables that it joins: {lacking}"
    if delivered.format is None:
        return "of no tool that is known"
    if delivered.format == "mapped":
        return f"perhaps {kinds}; look at the mapping of its columns"
    if delivered.format == "canonical":
        return f"{kinds}, by the contract's own names"
    return f"{kinds} of {delivered.format}"
