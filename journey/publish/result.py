"""What came of a run, as its caller and the terminal get it."""

from dataclasses import dataclass

from journey.publish.manifest import Version


@dataclass(frozen=True)
class RunResult:
    """`run_id` and `version` are None when there was nothing to do."""

    run_id: str | None
    version: Version | None
