"""Forgetting people, in steps that can be cut off anywhere and done again.

    begin    find what is theirs, and write rewritten files aside; then the note `forgetting.json`
    remove   tombstones, landing, raw, quarantine, ledger, what is made again, other databases
    (a run)  builds everything anew and publishes it
    finish   the other versions go; every byte is searched; the receipt; the note goes

The note names people, and is gone with the last step. While it is there each run does the rest.
"""

import json
import os
import shutil
import stat
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from journey import publish
from journey.core import durable, failpoints
from journey.core.errors import DataError
from journey.core.lock import writer_lock
from journey.core.log import say
from journey.core.settings import Settings
from journey.ingest import tombstones
from journey.ingest.ledger import Ledger
from journey.ingest.outcomes import Removed
from journey.ingest.read.inspection import digest
from journey.ingest.session import Session
from journey.people import landing, proof, stored
from journey.people.person import Asked, People, find
from journey.people.tokens import Tokens

ASIDE = ".forgetting"
SHOWN = 5


@dataclass
class Note:
    """What a command that has begun is to do: whom to forget, and which files it has written."""

    id: str
    people: People
    addresses: set[str]
    asked: int
    files: list[dict[str, Any]] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def tokens(self) -> Tokens:
        return Tokens.of(self.people, self.addresses)


def is_unfinished(settings: Settings) -> bool:
    """Whether people are to be forgotten by the next run."""
    return settings.forgetting_path.exists()


def begin(settings: Settings, asked: Sequence[Asked]) -> None:
    """Find what is held of these people and write the note; nothing else has changed by then.

    Raises DataError where nothing is held of any of them.
    """
    with writer_lock(settings):
        aside = settings.data_dir / ASIDE
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        people = find(settings, asked)
        addresses = {one.value.strip().lower() for one in asked if one.form == "email"}
        tokens = Tokens.of(people, addresses)
        found = landing.find(settings, people, tokens)
        tokens = Tokens.of(people, tokens.addresses)
        kept = stored.count(settings, people, tokens)
        note = Note(uuid.uuid4().hex, people, tokens.addresses, len(asked))
        _write_aside(note, found, tokens, aside)
        note.removed = list(_removed(found, kept))
        note.counts["landing"] = sum(entry["records"] for entry in note.files)
        note.counts["raw"] = sum(rows.raw for rows in note.removed)
        note.counts["quarantine"] = sum(sum(rows.quarantined.values()) for rows in note.removed)
        if not any(note.counts.values()):
            shutil.rmtree(aside)
            raise DataError(
                "nothing is held of these people, and nothing was changed; see that each "
                "identifier is written as the tools write it"
            )
        failpoints.point("forget.before_note")
        _write(settings, note)
        failpoints.point("forget.after_note")


def remove(settings: Settings) -> None:
    """Remove what is theirs from all that is kept, but for what is published. Holds the lock."""
    note = _read(settings)
    tokens = note.tokens
    _remember(settings, note)
    failpoints.point("forget.after_tombstones")
    for entry in note.files:
        _replace(Path(entry["path"]), entry)
        failpoints.point("forget.mid_landing")
    stored.remove(settings, note.people, tokens)
    failpoints.point("forget.before_ledger")
    ledger = Ledger(settings)
    again = {entry["before"]: entry["after"] for entry in note.files}
    ledger.forget_rows(f"forgotten/{note.id}", note.removed, again)
    failpoints.point("forget.after_ledger")
    stored.remove_traces(settings, tokens)
    stored.record_again(settings)
    shutil.rmtree(settings.data_dir / ASIDE, ignore_errors=True)
    failpoints.point("forget.before_run")
    say("forget", f"{_people(note)}: all that was kept is removed, and all is made anew")


def finish(settings: Settings) -> Path:
    """Drop the versions that still have them, search every byte, and write the receipt.

    Holds the lock. Raises DataError, and leaves the note, where something still names one of them.
    """
    note = _read(settings)
    tokens = note.tokens
    dropped = publish.drop_others(settings)
    failpoints.point("forget.after_versions")
    stored.blot_out_all(settings, tokens)
    searched = proof.search(settings, tokens, note.people)
    if searched.places:
        listed = ", ".join(searched.places[:SHOWN])
        more = len(searched.places) - SHOWN
        raise DataError(
            f"{_people(note)}: removed, but {len(searched.places):,} places still name one of "
            f"them ({listed}{f' and {more:,} more' if more > 0 else ''}); a file that cannot "
            "be read has to be fixed or removed by hand; then run `journey forget --resume`"
        )
    receipt = _receipt(settings, note, searched, dropped)
    failpoints.point("forget.before_end")
    settings.forgetting_path.unlink()
    durable.flush(settings.data_dir)
    return receipt


def _write_aside(
    note: Note, found: Mapping[Path, landing.Rows], tokens: Tokens, aside: Path
) -> None:
    for number, (path, rows) in enumerate(sorted(found.items())):
        target = aside / str(number)
        records = landing.write_without(rows, target, tokens)
        if not records:
            continue
        durable.flush(target)
        note.files.append(
            {
                "path": str(path),
                "before": digest(path),
                "after": digest(target),
                "aside": str(target),
                "records": records,
            }
        )


def _removed(
    found: Mapping[Path, landing.Rows], kept: Mapping[str, stored.Kept]
) -> Iterator[Removed]:
    """What goes of each delivery, held in raw and quarantine and in its file."""
    in_files = {
        (source, rows.delivery.file_name): number
        for rows in found.values()
        for source, number in rows.rows.items()
    }
    places = set(in_files)
    for source, of in kept.items():
        places |= {(source, file_name) for file_name in (*of.raw, *of.quarantine)}
    for source, file_name in sorted(places):
        of = kept.get(source, stored.Kept())
        yield Removed(
            source,
            file_name,
            sum(of.raw.get(file_name, {}).values()),
            of.quarantine.get(file_name, {}),
            in_files.get((source, file_name)),
        )


def _remember(settings: Settings, note: Note) -> None:
    """Know them when they are delivered again."""
    sorts = {sort: note.people.of(sort) for sort in tombstones.SORTS}
    sorts |= stored.rows_by_key_alone(settings, note.people)
    with closing(Session(settings)) as connection:
        tombstones.keep(
            settings,
            {sort: tombstones.hashes(connection, sort, values) for sort, values in sorts.items()},
        )


def _replace(path: Path, entry: Mapping[str, Any]) -> None:
    """Put a rewritten file in the place of the delivered one, if that is still what it was."""
    aside = Path(entry["aside"])
    if not aside.exists() or not path.exists() or digest(path) != entry["before"]:
        return
    new = path.with_name(f".{path.name}.new")
    shutil.copyfile(aside, new)
    found = path.stat()
    os.chmod(new, stat.S_IMODE(found.st_mode))
    os.utime(new, ns=(found.st_atime_ns, found.st_mtime_ns))
    durable.replace(new, path)


def _receipt(
    settings: Settings, note: Note, searched: proof.Searched, dropped: Sequence[str]
) -> Path:
    """What was done, in counts: nothing in it says who it was."""
    now = datetime.now(UTC)
    settings.receipts_dir.mkdir(mode=0o700, exist_ok=True)
    path = settings.receipts_dir / f"forgotten-{now:%Y%m%dT%H%M%SZ}-{note.id[:8]}.json"
    content = {
        "forgotten_at": now.isoformat(timespec="seconds"),
        "people_asked_for": note.asked,
        "identifiers": {
            sort: len(note.people.of(sort)) for sort in tombstones.SORTS if note.people.of(sort)
        },
        "removed": {
            "files_of_landing": len(note.files),
            "records_of_landing": note.counts["landing"],
            "rows_of_raw": note.counts["raw"],
            "rows_of_quarantine": note.counts["quarantine"],
            "published_versions": len(dropped),
        },
        "proof": asdict(searched),
    }
    durable.replace_text(path, json.dumps(content, indent=2) + "\n")
    os.chmod(path, 0o600)
    return path


def _people(note: Note) -> str:
    return "1 person" if note.asked == 1 else f"{note.asked:,} people"


def _write(settings: Settings, note: Note) -> None:
    content = {
        **vars(note),
        "people": note.people.as_dict(),
        "addresses": sorted(note.addresses),
        "removed": [asdict(rows) for rows in note.removed],
    }
    durable.replace_text(settings.forgetting_path, json.dumps(content))
    os.chmod(settings.forgetting_path, 0o600)


def _read(settings: Settings) -> Note:
    content = json.loads(settings.forgetting_path.read_text(encoding="utf-8"))
    content["people"] = People.from_dict(content["people"])
    content["addresses"] = set(content["addresses"])
    content["removed"] = [Removed(**rows) for rows in content["removed"]]
    return Note(**content)
