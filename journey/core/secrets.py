"""The secret of a warehouse: the key of its address hashes, read and never made here.

`ingest.email_key` makes it and holds it against what the ledger knows. Losing it splits all people
who are known by address alone.
"""

import os

from journey.core.errors import ConfigurationError
from journey.core.paths import Paths

EMAIL_KEY_VARIABLE = "JOURNEY_EMAIL_KEY"
SHORTEST_EMAIL_KEY = 32


def has_email_key(paths: Paths) -> bool:
    """Whether there is a key for addresses; a new warehouse has none yet."""
    return bool(os.environ.get(EMAIL_KEY_VARIABLE)) or paths.email_key_path.exists()


def email_key_origin(paths: Paths) -> str:
    """Where the key comes from, for messages: JOURNEY_EMAIL_KEY where set, else the file."""
    if os.environ.get(EMAIL_KEY_VARIABLE):
        return f"environment variable {EMAIL_KEY_VARIABLE}"
    return str(paths.email_key_path)


def email_key(paths: Paths) -> bytes:
    """The key: JOURNEY_EMAIL_KEY where set, else the file `email.key`, its owner's alone.

    Raises ConfigurationError where it is too short to be one.
    """
    given = os.environ.get(EMAIL_KEY_VARIABLE)
    if given:
        if len(given) < SHORTEST_EMAIL_KEY:
            raise ConfigurationError(
                f"environment variable {EMAIL_KEY_VARIABLE}: an address key has at least "
                f"{SHORTEST_EMAIL_KEY} characters; set the one that this warehouse began "
                "with, or a new one from `openssl rand -hex 32`"
            )
        return given.encode()
    key = paths.email_key_path.read_text(errors="replace").strip()
    if len(key) < SHORTEST_EMAIL_KEY:
        raise ConfigurationError(
            f"{paths.email_key_path}: the address key is empty or short; restore it from a "
            "backup, or delete the file and run `journey run --full-refresh` to key every "
            "address again"
        )
    return key.encode()
