"""Fingerprints of all that decides how the files of a source are read.

A file whose source has another fingerprint than it was loaded with is read again.
"""

import hashlib

from journey.core.seeds import seed_files
from journey.core.settings import Settings, Source
from journey.ingest import addresses, rules
from journey.ingest.contracts import CONTRACTS_DIR
from journey.ingest.formats import format_files

# Where the files of a source are from says nothing of how they are read. What lies in `tables` is
# each delivery's to know.
WHERE = {"path", "database", "query", "watermark", "tables"}


def fingerprint_of(settings: Settings, source: Source) -> str:
    """Of all that decides what files mean, part by part; `parts` has them all.

    A part is known by its bytes: nothing here can know that a change of it means nothing.
    """
    definition = source.model_dump_json(exclude=WHERE, exclude_defaults=True).encode()
    contract = CONTRACTS_DIR / f"{source.kind}.yml"
    seeds = seed_files(source.own_dir)
    definition += " ".join(sorted(source.tables)).encode()
    if source.date_only:
        definition += settings.reporting_time_zone.encode()  # whose days they are
    parts = {
        "definition": definition,
        "format": b"".join(file.read_bytes() for file in format_files(source)),
        "contract": contract.read_bytes() if contract.exists() else b"",
        "seeds": b"".join(seeds[name].read_bytes() for name in addresses.SEEDS),
        "rules": rules.digest(rules.FOLDER),
    }
    return " ".join(
        f"{part}={hashlib.sha256(content).hexdigest()[:16]}" for part, content in parts.items()
    )


def changed_parts(before: str, now: str) -> list[str]:
    """Which parts of a fingerprint differ; all, where it is one of an older version."""
    known = dict(part.partition("=")[::2] for part in before.split(" "))
    parts = (piece.partition("=") for piece in now.split(" "))
    return [part for part, _, digest in parts if known.get(part) != digest]
