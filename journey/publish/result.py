"""What came of a run, as its caller and the terminal get it."""

from dataclasses import dataclass

from journey.ingest.rejected import Rejected
from journey.ingest.sources import Unreached
from journey.ingest.withdrawals import Withdrawn
from journey.publish.manifest import Version


@dataclass(frozen=True)
class RunResult:
    """`run_id` and `version` are None when there was nothing to do.

    `rejected` are the files that lie in the landing paths and could not be taken, by this run or by
    one before; `withdrawn` are the rows that this run let go, as no file gives them any more;
    `unreached` are sources elsewhere that did not answer, or not to the end.
    """

    run_id: str | None
    version: Version | None
    rejected: tuple[Rejected, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    unreached: tuple[Unreached, ...] = ()
