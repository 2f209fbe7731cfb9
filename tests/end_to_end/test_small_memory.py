"""A first run of a million rows within 300 MB: every step spills, or reads in parts, what is more.

Beside what the engine may take, a process has Python and its libraries, and what DuckDB reads and
writes files with, which its limit does not count.
"""

import json
import subprocess
import sys

import pytest

from tests.conftest import JOURNEY, Shop

LIMIT = 300 << 20
BESIDE = 700 << 20
# Reports the most that any process below this one has ever held.
MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps([done.returncode, done.stdout + done.stderr, peak]))
"""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_run_of_a_million_rows_stays_within_its_memory(shop: Shop) -> None:
    size = ("--people", "20000", "--days", "60", "--end-date", "2026-11-20")
    made = shop.journey("simulate", *size)
    assert made.returncode == 0, made.stderr
    measured = subprocess.run(
        [sys.executable, "-c", MEASURED, JOURNEY, "run"],
        env=shop.environment(JOURNEY_MEMORY_LIMIT=f"{LIMIT >> 20}MiB"),
        capture_output=True,
        text=True,
        check=True,
    )
    code, said, peak = json.loads(measured.stdout)
    assert code == 0, said
    rows = json.loads((shop.published / "manifest.json").read_text())["row_counts"]
    assert rows["touchpoints"] > 900_000
    assert peak < LIMIT + BESIDE, f"a process held {peak >> 20} MB"
