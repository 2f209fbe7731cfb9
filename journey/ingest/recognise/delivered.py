"""Files of a folder that are deliveries of one source, as plain values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from journey.ingest.recognise.proposals import Proposal

OTHER = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Delivered:
    """Files that one pattern finds, and what they are.

    `format` is a tool, `canonical` or `mapped` (then there is a `proposal`); None where nothing is
    known of them, and `columns` are the names that they have, `fault` why they cannot be read.
    `payments` are of orders that a shop's own export has too. `tables` are the paths of those that
    its format joins, `lacking` those that lie in no file.
    """

    path: str
    files: int
    format: str | None = None
    kinds: Sequence[str] = ()
    proposal: Proposal | None = None
    columns: Sequence[str] = ()
    fault: str | None = None
    payments: bool = False
    tables: Mapping[str, str] = field(default_factory=dict)
    lacking: Sequence[str] = ()

    @property
    def stem(self) -> str:
        """A word for them, of their path."""
        plain = re.sub(r"\{date[^}]*\}", "", Path(self.path).name.partition(".")[0])
        word = OTHER.sub("_", plain).strip("_").lower()
        return word if word[:1].isalpha() else f"source_{word}".rstrip("_")
