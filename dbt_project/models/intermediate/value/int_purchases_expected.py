"""Repeat buying: how many purchases are expected of each history that occurs.

What the model says is in `journey.stats.purchases`; here it meets its tables. Rows leave as
record batches; what they mean for a person is a matter of SQL.
"""

from collections.abc import Iterator

import pyarrow as pa

from journey.stats.purchases import Histories, Rates, expected_purchases

ROWS_OF_A_BATCH = 50_000
DIGITS = 12  # of what is stored: the last bits are the machine's, not ours
HISTORY = ("repeat_purchases", "recency_days", "age_days")
SCHEMA = pa.schema(
    [
        ("span", pa.string()),
        *((name, pa.int32()) for name in HISTORY),
        ("days_ahead", pa.int32()),
        ("expected_purchases", pa.float64()),
    ]
)


def batches(span: str, days_ahead: int, rates: Rates, columns: dict) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(columns["buyers"]), ROWS_OF_A_BATCH):
        rows = slice(start, start + ROWS_OF_A_BATCH)
        history = [columns[name][rows] for name in HISTORY]
        seen = Histories.of_days(*history, columns["buyers"][rows])
        expected = expected_purchases(rates, seen, days_ahead).round(DIGITS)
        count = len(expected)
        values = [[span] * count, *history, [days_ahead] * count, expected]
        yield pa.record_batch(
            [pa.array(value, field.type) for value, field in zip(values, SCHEMA, strict=True)],
            schema=SCHEMA,
        )


def model(dbt, session):
    dbt.config(materialized="table")
    counted = dbt.ref("int_purchase_histories_counted")
    asked = dbt.ref("int_purchase_spans_bounded").select("span, days_ahead").order("all").fetchall()
    fitted = dbt.ref("int_purchase_rates_fitted").filter("is_fitted")
    rates = {
        span: Rates(*known) for span, *known in fitted.select("span, r, alpha, a, b").fetchall()
    }
    seen = {
        span: counted.filter(f"span = '{span}'").order(", ".join(HISTORY)).fetchnumpy()
        for span in rates
    }
    found = (
        batch
        for span, days_ahead in asked
        if span in rates
        for batch in batches(span, days_ahead, rates[span], seen[span])
    )
    return pa.RecordBatchReader.from_batches(SCHEMA, found)
