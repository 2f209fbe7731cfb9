"""How much of one file the settings allow to be read."""

from dataclasses import dataclass
from typing import Self

from journey.core.settings import Settings
from journey.core.sizes import bytes_of

DOCUMENTS_PART = 1 / 32  # of the memory: a value is held several times over while it is conformed

# A value of many small parts takes hundreds of times its bytes. Where memory runs out, a file with
# one so large is read by itself, and to blame where it runs out again.
LARGE_PART = 1 / 1024

DOCUMENTS = 128 << 20  # beyond that a batch is no faster

WHOLE_PART = 1 / 8  # of the memory: a text that is parted is held as such and in its parts


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes. As text, what a file rejected for its size is known by in the ledger."""

    unpacked: int
    memory: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(bytes_of(settings.max_unpacked_size), bytes_of(settings.memory_limit))

    def is_large(self, size: int) -> bool:
        """Whether one value of this size may be the reason that memory runs out."""
        return size > self.memory * LARGE_PART

    @property
    def documents(self) -> int:
        """How many bytes of documents may be read together: one document is one value."""
        return min(DOCUMENTS, int(self.memory * DOCUMENTS_PART))

    @property
    def whole(self) -> int:
        """How much of a file may be taken into memory at once, beside the database."""
        return int(self.memory * WHOLE_PART)

    def __str__(self) -> str:
        return f"limits={self.unpacked},{self.memory}"
