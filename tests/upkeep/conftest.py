"""The warehouse with loads of orders that tests of ingest have."""

from tests.ingest.conftest import orders, warehouse

__all__ = ["orders", "warehouse"]
