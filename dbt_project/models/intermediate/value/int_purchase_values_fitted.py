"""What a purchase is worth: the parameters that make what was spent most likely.

What the model says is in `journey.stats.spends`; here it meets its tables. The input is as
many rows as there are different sums, none of which belongs to one person.
"""

import pyarrow as pa

from journey.stats.likelihood import row_of_fit
from journey.stats.spends import Spends, Worth, fitted_worth, log_likelihood

SCHEMA = pa.schema(
    [
        ("repeat_buyers", pa.int64()),
        ("is_fitted", pa.bool_()),
        *((name, pa.float64()) for name in Worth._fields),
        ("log_likelihood", pa.float64()),
    ]
)


def fitted(seen: Spends) -> dict:
    """The one row; without parameters where there is too little to fit, or no fit."""
    row = {"repeat_buyers": int(seen.people.sum())}
    return row | row_of_fit(fitted_worth(seen), log_likelihood, seen)


def model(dbt, session):
    dbt.config(materialized="table")
    counted = dbt.ref("int_purchase_values_counted")
    columns = (
        counted.order("valued_purchases, purchase_value")
        .select(
            "valued_purchases, cast(purchase_value as double) / valued_purchases as mean, buyers"
        )
        .fetchnumpy()
    )
    seen = Spends(columns["valued_purchases"], columns["mean"], columns["buyers"])
    return pa.Table.from_pylist([fitted(seen)], SCHEMA)
