"""Changes of the journey map: whether a share differs from the one before by more than chance.

The mathematics is `journey.stats.significance`; here it meets its tables. The input is a row for
each comparison, which is no person's.
"""

import pyarrow as pa

from journey.stats.significance import two_proportions

KEY = ("first_place", "last_place", "metric", "comparison", "touchpoint")
COUNTS = ("people_counted", "people", "people_counted_before", "people_before")


def model(dbt, session):
    dbt.config(materialized="table")
    table = dbt.ref("int_touches_compared").order(", ".join(KEY)).to_arrow_table()
    p_value = two_proportions(*(table[name].cast(pa.float64()).to_numpy() for name in COUNTS))
    return table.append_column("p_value", pa.array(p_value, from_pandas=True))
