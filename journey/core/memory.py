"""How much memory there is, how much of it the engine takes, and what to do where it runs out.

Each tool says in its own way that it ran out of memory, or of the disk that it goes on with then;
what a person does about it is said here alone.
"""

import contextlib
import os
from pathlib import Path

# What a container may take, of control groups version 2 and 1; "max" or a huge number is no limit.
CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
SMALLEST = 512 << 20

OF_DATABASE = "Out of Memory"
OF_PYTHON = "MemoryError"
OF_SPILLING = "max_temp_directory_size"  # what the database names where its spill folder is full
MORE_MEMORY = "raise memory_limit in the settings, on a machine that has the memory"
LESS_FOR_DATABASE = "give the machine more memory, or lower memory_limit in the settings"
MORE_ROOM = "make room on the disk of the data dir, where what does not fit into memory_limit goes"


def available(limits: tuple[Path, ...] = CONTAINER_LIMITS) -> int:
    """Bytes of the machine, or of the container that this process is in."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(machine, *(_limit_of(path) or machine for path in limits))


def _limit_of(path: Path) -> int | None:
    """What a file gives as the limit; None where it is not there, cannot be read or gives none."""
    with contextlib.suppress(OSError):
        given = path.read_text().strip()
        return int(given) if given.isdecimal() else None
    return None


def advice(said: str, otherwise: str) -> str:
    """What to do about a failure, from a tool's words for it: `otherwise`, but for memory."""
    if OF_SPILLING in said:
        return MORE_ROOM
    if OF_DATABASE in said:
        return MORE_MEMORY
    return LESS_FOR_DATABASE if OF_PYTHON in said else otherwise


def default_limit() -> str:
    """Half of what there is, as a setting: the other half is for Python and the file cache."""
    return f"{max(available() // 2, SMALLEST) >> 20}MiB"
