"""How much memory there is for this process, and how much of it the engine takes by default."""

import contextlib
import os
from pathlib import Path

# What a container may take, of control groups version 2 and 1; "max" or a huge number is no limit.
CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
SMALLEST = 512 << 20


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


def default_limit() -> str:
    """Half of what there is, as a setting: the other half is for Python and the file cache."""
    return f"{max(available() // 2, SMALLEST) >> 20}MiB"
