"""Keys that are made from a file's content and a line, of rows that are delivered without one.

They say which fact a row is while its file stays as it is: the next export of the same rows has
other ones.
"""

from journey.core.sql import name
from journey.ingest.contracts import Contract

PREFIX_LENGTH = 16  # digits of the digest of a file's content


def prefix_of(sha256: str) -> str:
    """What the keys of a content's rows begin with."""
    return sha256[:PREFIX_LENGTH]


def is_made(contract: Contract) -> str:
    """SQL: whether a row's key was made so."""
    if not contract.is_key_made:
        return "false"
    return f"regexp_full_match({name(contract.key[0])}, '[0-9a-f]{{{PREFIX_LENGTH}}}:[0-9]+')"


def prefix(contract: Contract) -> str:
    """SQL: what a made key begins with."""
    return f"left({name(contract.key[0])}, {PREFIX_LENGTH})"
