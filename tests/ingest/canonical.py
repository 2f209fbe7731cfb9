"""One file of a canonical source, loaded."""

from typing import Any

from journey.ingest.outcomes import FileResult
from tests.ingest.conftest import Warehouse


def loaded(
    warehouse: Warehouse, kind: str, name: str, content: str | bytes, **given: Any
) -> FileResult:
    """Its account."""
    warehouse.source(kind, **given)
    warehouse.deliver(f"{kind}/{name}", content)
    [result] = warehouse.load(kind).results
    return result
