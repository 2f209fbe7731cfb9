"""Sizes as settings give them (`6GB`, `512 MiB`) and as messages show them."""

import re

UNITS = "KMGT"
PATTERN = r"^[0-9]+(\.[0-9]+)? ?[KMGT]i?B$"


def bytes_of(size: str) -> int:
    """How many bytes a size means: GB are thousands of thousands, GiB powers of two."""
    parts = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?([KMGT])(i?)B", size)
    if parts is None:
        raise ValueError(f"'{size}' is no size")
    number, unit, is_binary = parts.groups()
    return int(float(number) * (1024 if is_binary else 1000) ** (UNITS.index(unit) + 1))


def in_words(size: int) -> str:
    """A size for a message."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{max(size / 1e6, 0.1):,.1f} MB"
