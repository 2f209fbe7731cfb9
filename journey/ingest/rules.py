"""Which modules decide what becomes of a row: an upgrade that changes one reads files again.

All are taken for such, so that a new one is not forgotten, but for those of which it is known that
a row that was loaded before would come out the same.
"""

import hashlib
from functools import cache
from pathlib import Path

import journey
from journey.ingest import addresses

FOLDER = Path(journey.__file__).parent / "ingest"
# By name, wherever they lie in the folder.
NO_RULES = {
    "what was loaded is remembered": (
        "ledger",
        "ledger_contents",
        "ledger_loads",
        "ledger_schema",
        "load_records",
        "outcomes",
        "rebuild",
    ),
    "kept files are laid down, moved and removed": (
        "carry_over",
        "contract_files",
        "file_names",
        "pending",
        "raw_layer",
        "refresh",
    ),
    "it is chosen which files are read": (
        "companions",
        "fingerprints",
        "full_refresh",
        "limits",
        "loader",
        "plan",
        "rereading",
        "rules",
        "superseding",
    ),
    "files are brought here, and read as they are then": (
        "buckets",
        "copying",
        "drivers",
        "extracting",
        "fetching",
        "sftp",
        "stores",
        "unreached",
        "walking",
        "web",
    ),
    "it is counted and said what became of rows": (
        "__init__",
        "accounts",
        "columns_seen",
        "progress",
        "gone_rows",
        "quality",
        "quarantine",
        "rejected",
        "withdrawals",
    ),
    "a changed key is an error of its own": ("email_key",),
    "a settings file is begun by what files are": (
        "delivered",
        "folders",
        "matching",
        "names_of_files",
        "proposals",
        "settings_text",
        "structure",
        "tables",
    ),
    "what would become of a file is only looked at": (
        "first_rows",
        "found",
        "kept_rows",
        "observed",
        "quarantined",
        "trials",
    ),
}


def files(folder: Path = FOLDER) -> list[Path]:
    """The files whose bytes decide, in an order of their own."""
    others = {name for names in NO_RULES.values() for name in names}
    modules = [path for path in folder.rglob("*.py") if path.stem not in others]
    return [*sorted(modules), addresses.FUNCTIONS]


@cache
def digest(folder: Path = FOLDER) -> bytes:
    """Of those files: a module that moves to another folder decides as it did."""
    contents = sorted(hashlib.sha256(path.read_bytes()).digest() for path in files(folder))
    return hashlib.sha256(b"".join(contents)).digest()
