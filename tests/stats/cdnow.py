"""Where the published summaries of the CDNOW sample are, if they are on this machine.

They are data of the PyPI package `lifetimes` (0.11.3), which the project does not depend on: from
there, or from the folder that an environment variable names. Nothing is fetched.
"""

import csv
import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from journey.stats.purchases import Histories
from journey.stats.spends import Spends

VARIABLE = "CDNOW_SUMMARIES"
SUMMARY = "cdnow_customers_summary.csv"
SUMMARY_WITH_VALUES = "cdnow_customers_summary_with_transactions.csv"


def rows_of(name: str) -> list[dict[str, float]]:
    """The rows of one summary, one a customer; skips the test where there is none."""
    folder = summaries_folder()
    if folder is None:
        pytest.skip(
            "the CDNOW sample is not here: install lifetimes==0.11.3, or name the folder of its "
            f"{SUMMARY} in {VARIABLE}"
        )
    with (folder / name).open(newline="", encoding="utf-8") as summary:
        return [
            {key: float(value) for key, value in row.items()} for row in csv.DictReader(summary)
        ]


def summaries_folder() -> Path | None:
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    package = importlib.util.find_spec("lifetimes")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "datasets"


def cdnow_histories() -> Histories:
    """Repeat purchases of 39 weeks, and the weeks to the last one and to the end."""
    rows = rows_of(SUMMARY)
    columns = ([row[name] for row in rows] for name in ("frequency", "recency", "T"))
    return Histories(*(np.array(column) for column in columns), np.ones(len(rows)))


def cdnow_spends() -> Spends:
    """What those who came back spent on the average then."""
    rows = [row for row in rows_of(SUMMARY_WITH_VALUES) if row["x"] > 0]
    columns = ([row[name] for row in rows] for name in ("x", "zbar"))
    return Spends(*(np.array(column) for column in columns), np.ones(len(rows)))
