"""What a purchase is worth: the parameters that make what was spent most likely.

What the model says is in `journey.stats.spends`; here it meets its tables. The input is as
many rows as there are different sums, none of which is anybody's.
"""

import pyarrow as pa

from journey.stats.spends import Spends, Worth, fitted_worth, log_likelihood

DIGITS = 9  # of what is stored: what follows is where the search happened to stop
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
    worth = fitted_worth(seen)
    if worth is None:
        return row | {"is_fitted": False}
    parameters = [round(each, DIGITS) for each in worth]
    value, _ = log_likelihood(parameters, seen)
    return (
        row
        | dict(zip(Worth._fields, parameters, strict=True))
        | {
            "is_fitted": True,
            "log_likelihood": round(value, DIGITS),
        }
    )


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
