"""The demo shop's known probabilities and exact counts, found again in what the run published.

Tolerance: four standard errors. With about seventy quantities a right warehouse would exceed it
once in some two hundred seeds; the seed is fixed, so a failure means that something changed.
"""

import json
from collections import Counter, defaultdict

import duckdb
import pytest

from journey.core.settings import Settings
from journey.ingest import Ledger
from tests.conftest import Shop

STANDARD_ERRORS = 4


@pytest.fixture(scope="module")
def truth(demo: Shop) -> dict:
    return json.loads((demo.data_dir / "landing" / "ground_truth.json").read_text())


@pytest.fixture(scope="module")
def warehouse(demo: Shop) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(demo.data_dir / "warehouse.duckdb"), read_only=True)
    yield connection
    connection.close()


def test_known_probabilities_are_recovered(
    truth: dict, warehouse: duckdb.DuckDBPyConnection
) -> None:
    wrong, measured = [], 0
    for quantity in truth["quantities"]:
        estimate, number, error = warehouse.execute(quantity["sql"]).fetchone()
        if not number:
            continue
        measured += 1
        if abs(estimate - quantity["value"]) > STANDARD_ERRORS * error:
            wrong.append((quantity["name"], quantity["value"], estimate, error, number))
    assert wrong == []
    assert measured > 0.9 * len(truth["quantities"])


def test_known_counts_are_met_exactly(truth: dict, warehouse: duckdb.DuckDBPyConnection) -> None:
    found = {c["name"]: warehouse.execute(c["sql"]).fetchone()[0] for c in truth["counts"]}
    expected = {count["name"]: count["value"] for count in truth["counts"]}
    assert {name: float(value) for name, value in found.items()} == pytest.approx(expected)


def test_every_injected_defect_is_accounted_for(truth: dict, demo: Shop) -> None:
    settings = Settings.load(demo.config, demo.data_dir)
    outcomes = ("delivered", "loaded", "duplicate", "restated", "quarantined")
    found: dict[str, Counter] = defaultdict(Counter)
    for file in Ledger(settings).file_results():
        found[file["source"]].update({outcome: file[outcome] for outcome in outcomes})
    expected = {
        source: {outcome: planted[outcome] for outcome in outcomes}
        for source, planted in truth["planted"].items()
    }
    assert {source: dict(counts) for source, counts in found.items()} == expected
