"""What a death on the way of a load leaves behind, and what the next run makes of it."""

import os
import signal
import subprocess
import sys

from journey import ingest
from tests.conftest import REPO
from tests.ingest.conftest import EMAIL_KEY, planned

RUN = """
import sys
from pathlib import Path
from datetime import date
from journey import ingest
from tests.ingest.conftest import Warehouse
orders = Warehouse(Path(sys.argv[1]))
orders.source("orders", path="landing/orders_{date}.csv")
ingest.sweep(orders.settings)
ingest.ensure_contract_files(orders.settings)
orders.load("orders")
"""


POINTS = (
    "ingest.before_write",
    "ingest.after_write",
    "ingest.mid_rename",
    "ingest.before_record",
    "ingest.before_ledger",
    "ingest.after_ledger",
)


def run(orders, fault: str = "") -> int:
    return subprocess.run(
        [sys.executable, "-c", RUN, orders.data_dir],
        env={**os.environ, "JOURNEY_FAULT": fault, "JOURNEY_EMAIL_KEY": EMAIL_KEY},
        cwd=REPO,
        check=False,
    ).returncode


def test_a_run_killed_at_any_point_ends_as_if_undisturbed(orders) -> None:
    """Killed at each point in turn, the same landing folder; then once in peace."""
    for fault in POINTS:
        assert run(orders, fault) == -signal.SIGKILL, fault
        files = orders.files()
        kept = [name for name in files if name.startswith("raw/orders/event_date=2026")]
        assert (len(kept) > 0) == (fault in POINTS[2:]), fault
    assert run(orders) == 0
    assert orders.rows("orders", "order_id, load_id") == [("1", 1), ("2", 1)]
    assert orders.quarantine("orders") == [("currency_not_iso_4217",)] * 2
    assert {name for name in orders.files() if "contract" not in name} == {
        "raw/orders/event_date=2026-02-01/orders-1-1_0.parquet",
        "raw/orders/event_date=2026-02-02/orders-1-1_0.parquet",
        "quarantine/orders/orders-1.parquet",
        "raw/.loads/orders/1.json",
        "raw/.email_key_check",
    }
    assert planned(orders) == []


def test_sweeping_leaves_what_was_committed(orders) -> None:
    orders.load("orders")
    before = orders.files()
    assert ingest.sweep(orders.settings) == 0
    assert orders.files() == before
    stray = orders.data_dir / "raw/orders/event_date=2026-02-09/orders-7-1_0.parquet"
    stray.parent.mkdir()
    stray.write_bytes(b"half a file")
    pending = orders.data_dir / "raw/.pending/orders/rows/x.parquet"
    pending.parent.mkdir(parents=True)
    pending.write_bytes(b"")
    assert ingest.sweep(orders.settings) == 2
    assert orders.files() == before
    assert not stray.parent.exists()
