"""People's rights: `disclose`, and what `forget`, which needs a run, shares with it."""

import csv
import json as json_format
from pathlib import Path
from typing import Annotated

import typer

from journey.cli.app import Config, DataDir, plain_console
from journey.core.errors import ConfigurationError, EngineError
from journey.core.settings import Settings
from journey.people.person import FORMS, Asked

CustomerId = Annotated[
    str | None, typer.Option("--customer-id", help="The shop's id of the person.", metavar="ID")
]
Email = Annotated[str | None, typer.Option("--email", help="The address.", metavar="ADDRESS")]
Device = Annotated[str | None, typer.Option("--device", help="A device's id.", metavar="ID")]
ManyPeople = Annotated[
    Path | None,
    typer.Option(
        "--file", "--from", help="A CSV file of many: columns customer_id, email, device; any."
    ),
]
group = typer.Typer()


@group.command()
def disclose(
    customer_id: CustomerId = None,
    email: Email = None,
    device: Device = None,
    file: ManyPeople = None,
    to: Annotated[
        Path, typer.Option("--to", help="Folder for disclosure.json and disclosure.html.")
    ] = Path("disclosure"),
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write down all that is held of a person, as JSON and as a page to read, for their eyes.

    Exit codes: 0 written, 2 configuration, 3 nothing is held of them.

    Example: journey disclose --email ada@mail.example --to ada
    """
    from journey.people import disclosing

    settings = Settings.load(config, data_dir)
    named = asked(customer_id, email, device, file)
    if not named:
        raise ConfigurationError("name the person by --customer-id, --email, --device or --file")
    rows = disclosing.disclose(settings, named, to)
    plain_console().print(
        f"{rows:,} rows are held; they are in {to / disclosing.PAGE} and {to / disclosing.DATA}, "
        "which you alone can read.",
        markup=False,
    )


def asked(
    customer_id: str | None, email: str | None, device: str | None, file: Path | None
) -> list[Asked]:
    """Who is meant. Raises ConfigurationError where a file does not say so."""
    given = zip(FORMS, (customer_id, email, device), strict=True)
    people = [Asked(form, value.strip()) for form, value in given if value and value.strip()]
    if file is None:
        return people
    try:
        with open(file, encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
            forms = [form for form in FORMS if form in columns]
            if not forms:
                raise ConfigurationError(
                    f"{file}: its header names none of {', '.join(FORMS)}; give it one of them"
                )
            people += [
                Asked(form, value.strip())
                for row in rows
                for form in forms
                if (value := row[columns[form]]) and value.strip()
            ]
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{file}: this file cannot be read as UTF-8 text") from None
    if not people:
        raise ConfigurationError(f"{file}: it names nobody below its header")
    return people


def show_receipt(settings: Settings, *, as_json: bool) -> None:
    """Print what the newest receipt says. Raises EngineError where none was written."""
    receipts = sorted(settings.receipts_dir.glob("forgotten-*.json"))
    if not receipts:
        raise EngineError(f"{settings.receipts_dir}: the receipt is gone; see what removes it")
    receipt = json_format.loads(receipts[-1].read_text(encoding="utf-8"))
    if as_json:
        typer.echo(json_format.dumps(receipt | {"receipt": str(receipts[-1])}))
        return
    removed, proof = receipt["removed"], receipt["proof"]
    plain_console().print(
        f"Forgotten. Removed: {removed['records_of_landing']:,} records of "
        f"{removed['files_of_landing']:,} delivered files, {removed['rows_of_raw']:,} rows of raw, "
        f"{removed['rows_of_quarantine']:,} of quarantine, {removed['published_versions']:,} "
        f"earlier versions. {proof['files']:,} files and {proof['tables']:,} tables were searched "
        f"and name none of them. Receipt: {receipts[-1]}",
        markup=False,
    )
