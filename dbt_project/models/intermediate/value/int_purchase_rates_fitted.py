"""Repeat buying: the parameters that make the histories of a span most likely.

What the model says is in `journey.stats.purchases`; here it meets its tables. The input is
as many rows as there are different histories, none of which belongs to one person.
"""

import pyarrow as pa

from journey.stats.likelihood import row_of_fit
from journey.stats.purchases import Histories, Rates, fitted_rates, log_likelihood

HISTORY = "repeat_purchases, recency_days, age_days"
SCHEMA = pa.schema(
    [
        ("span", pa.string()),
        ("buyers", pa.int64()),
        ("repeat_buyers", pa.int64()),
        ("is_fitted", pa.bool_()),
        *((name, pa.float64()) for name in Rates._fields),
        ("log_likelihood", pa.float64()),
    ]
)


def fitted(span: str, seen: Histories) -> dict:
    """One row; without parameters where there is too little to fit, or no fit."""
    row = {
        "span": span,
        "buyers": int(seen.people.sum()),
        "repeat_buyers": int(seen.people[seen.repeats > 0].sum()),
    }
    return row | row_of_fit(fitted_rates(seen), log_likelihood, seen)


def model(dbt, session):
    dbt.config(materialized="table")
    counted = dbt.ref("int_purchase_histories_counted")
    rows = []
    for (span,) in counted.select("span").distinct().order("span").fetchall():
        columns = counted.filter(f"span = '{span}'").order(HISTORY).fetchnumpy()
        named = (columns[name] for name in (*HISTORY.split(", "), "buyers"))
        rows.append(fitted(span, Histories.of_days(*named)))
    return pa.Table.from_pylist(rows, SCHEMA)
