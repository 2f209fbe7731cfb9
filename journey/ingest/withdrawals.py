"""Rows that a path held before and that nothing gives any more: what is said of them.

That they go is `superseding`'s rule, and how many they are is counted where kept files are written
again (`carry_over`). They would go unnoticed otherwise: the run that lets them go is no failure.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Withdrawn:
    """What went of one source in one load: `rows` of `files` deliveries, the first named."""

    source: str
    kind: str
    file_name: str
    files: int
    rows: int
    run_id: str

    advice: ClassVar[str] = (
        "If that is not meant, because an export that is overwritten in place holds only its "
        "newest rows, have its date written into its name, put the earlier exports back, and run "
        "again."
    )

    @property
    def sentence(self) -> str:
        rows, verb = ("1 row", "is") if self.rows == 1 else (f"{self.rows:,} rows", "are")
        held = self.file_name
        if self.files > 1:
            held += f" and {self.files - 1:,} more file{'s' if self.files > 2 else ''}"
        return (
            f"source '{self.source}': {rows} that {held} held before {verb} in no file any more, "
            f"and {verb} not counted any more"
        )
