"""Hand-written files of each tool, and what loads one of them."""

import hmac
from hashlib import sha256
from pathlib import Path

from tests.ingest.conftest import EMAIL_KEY

DATA = Path(__file__).parent / "data"


def key_of(address: str) -> str:
    return hmac.new(EMAIL_KEY.encode(), address.strip().lower().encode(), sha256).hexdigest()


ADA, BOB = key_of("ada@example.test"), key_of("bob@example.test")


def load_one(warehouse, kind: str, tool: str, name: str):
    """One hand-written file loaded, and its account."""
    warehouse.source(kind, tool)
    warehouse.deliver(f"{kind}/{name}", (DATA / name).read_bytes())
    [result] = warehouse.load(kind).results
    assert result.status == "loaded", result.reason
    return result
