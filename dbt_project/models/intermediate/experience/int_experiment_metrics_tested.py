"""Experiments: whether a variant differs from the control, and people from their planned shares.

The mathematics is `journey.stats.significance`; here it meets its tables. The input is a row for
each experiment, metric and variant, which is no person's.
"""

import pyarrow as pa

from journey.stats.significance import Group, chi_square_p, welch

KEY = ("experiment", "metric", "variant")


def model(dbt, session):
    dbt.config(materialized="table")
    summarized = dbt.ref("int_experiment_metrics_summarized").order(", ".join(KEY))
    table = summarized.to_arrow_table()

    def known(name):  # null as nan
        return table[name].cast(pa.float64()).to_numpy()

    group, control = (
        Group(*(known(prefix + name) for name in Group._fields)) for prefix in ("", "control_")
    )
    found = welch(group, control)
    tests = {
        "ci_low": found.low,
        "ci_high": found.high,
        "p_value": found.p_value,
        "share_ratio_p": chi_square_p(known("share_chi_square"), known("share_degrees")),
    }
    keys = {name: table[name] for name in KEY}
    return pa.table(
        keys | {name: pa.array(values, from_pandas=True) for name, values in tests.items()}
    )
