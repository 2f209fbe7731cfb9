"""The names of raw and quarantine files: `<source>-<load_id>[-<batch>_<n>].parquet`."""

import re

LOAD_OF_FILE = re.compile(r"-(\d+)(?:-\d+_\d+)?\.parquet$")
SOURCE_AND_LOAD = re.compile(r"(.+)" + LOAD_OF_FILE.pattern)


def source_and_load(name: str) -> tuple[str, int]:
    """Whose rows a file holds, and the load that wrote it."""
    found = SOURCE_AND_LOAD.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is no name of a raw or quarantine file")
    return found[1], int(found[2])


def carried_over(source: str, load_id: int) -> str:
    """What the names of files begin with that a load writes of what was kept before."""
    return f"{source}-{load_id}-0_"
