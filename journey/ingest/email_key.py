"""The key for addresses: made once, then held against what the ledger remembers of it.

Another key would make a new person of each one who is known by address alone, so a key that was
lost or changed is never replaced in silence. The ledger keeps a value that only the right key
gives, and not the key; so does a file beside the rows, for a ledger that is rebuilt from them.
What is done with the key is `addresses`' to say.
"""

import hmac
import os
import secrets
import uuid
from hashlib import sha256
from pathlib import Path

from journey.core import durable
from journey.core.errors import ConfigurationError
from journey.core.log import logger
from journey.core.secrets import email_key, email_key_origin, has_email_key
from journey.core.settings import Settings
from journey.ingest.ledger import Ledger

FACT = "email_key_check"
CONSTANT = b"Journey Warehouse, check value of the key for addresses"
KEY_AGAIN = "or run `journey run --full-refresh` to key every address of the landing files again"


def require(settings: Settings, ledger: Ledger) -> None:
    """Raise ConfigurationError where the key is not the one that is in the warehouse's rows."""
    known = ledger.fact(FACT)
    if known is None and not ledger.has_loads():
        return  # nothing is keyed yet
    if not has_email_key(settings):
        raise ConfigurationError(
            f"{settings.email_key_path}: the key that this warehouse's addresses are keyed with is "
            f"gone; restore the file from a backup, or set JOURNEY_EMAIL_KEY to it, {KEY_AGAIN}"
        )
    value = check_value(email_key(settings))
    if known is None:
        ledger.keep_fact(FACT, value)  # loaded by a version that kept none
    elif not hmac.compare_digest(known, value):
        where = email_key_origin(settings)
        raise ConfigurationError(
            f"{where}: this is not the key that this warehouse's addresses are keyed with; give "
            f"the one that it began with, {KEY_AGAIN}"
        )


def ensure(settings: Settings, ledger: Ledger) -> dict[str, str]:
    """Have a key, the right one, and give the fact that a load keeps of it."""
    require(settings, ledger)
    if not has_email_key(settings):
        _make(settings)
    return {FACT: check_value(email_key(settings))}


def keep_beside_raw(settings: Settings, value: str) -> None:
    """Have the check value of the key also where the rows are that are keyed with it."""
    if beside_raw(settings) == value:
        return
    path = _path_beside_raw(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(value + "\n", encoding="ascii")
    temporary.chmod(0o600)
    durable.replace(temporary, path)


def beside_raw(settings: Settings) -> str | None:
    """The check value that is kept beside the rows; None where there is none."""
    try:
        return _path_beside_raw(settings).read_text(encoding="ascii").strip() or None
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def is_same(settings: Settings, ledger: Ledger) -> bool:
    """Whether the key is the one that this warehouse's addresses are keyed with, if any are."""
    known = ledger.fact(FACT)
    return known is None or (
        has_email_key(settings) and hmac.compare_digest(known, check_value(email_key(settings)))
    )


def warn_if_another(settings: Settings, ledger: Ledger) -> None:
    """Say that a full refresh keys addresses with another key than before."""
    if not is_same(settings, ledger):
        logger.warning(
            "every address is keyed again, with another key than before: people who are known by "
            "address alone get new ids",
            extra={"step": "full refresh"},
        )


def check_value(key: bytes) -> str:
    return hmac.new(key, CONSTANT, sha256).hexdigest()


def _path_beside_raw(settings: Settings) -> Path:
    return settings.raw_dir / ".email_key_check"


def _make(settings: Settings) -> None:
    """Write a new key in one step; where another process has been quicker, its key stays."""
    path = settings.email_key_path
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
        durable.flush(path.parent)
    finally:
        temporary.unlink()
