"""How a conversion's credit is shared over the channels of its path, for the two fitted models.

The mathematics is `journey.stats.shapley` and `journey.stats.shared_credits`; here it meets its
tables. The input is one row per set of channels that occurs; the credit of single touches is a
matter of SQL.
"""

import pyarrow as pa

from journey.stats.shapley import shapley_values
from journey.stats.shared_credits import shared_credits

SEPARATOR = " + "
DIGITS = 12  # of what is stored: the last bits of a sum are the machine's, not ours


def channels_of(channel_set: str) -> frozenset[str]:
    return frozenset(channel_set.split(SEPARATOR))


def model(dbt, session):
    dbt.config(materialized="table")
    counted = dbt.ref("int_channel_sets_counted").select("channel_set, conversions, paths")
    removal = dbt.ref("int_removal_effects_fitted").select("channel, removal_effect").fetchall()
    rows = sorted(counted.fetchall())
    values = shapley_values(
        [channels_of(channel_set) for channel_set, _, _ in rows],
        [conversions for _, conversions, _ in rows],
        [paths for _, _, paths in rows],
    )
    shapley = {channel: round(value, DIGITS) for channel, value in values.items()}
    converting = [(channel_set, number) for channel_set, number, _ in rows if number]
    sets = [channels_of(channel_set) for channel_set, _ in converting]
    numbers = [number for _, number in converting]
    shared = [
        (name, channel_set, channel, round(credit, DIGITS))
        for name, fitted in (("markov", dict(removal)), ("shapley", shapley))
        for (channel_set, _), credits in zip(
            converting, shared_credits(sets, numbers, fitted), strict=True
        )
        for channel, credit in credits.items()
    ]
    names = ("attribution_model", "channel_set", "channel", "credit")
    types = (pa.string(), pa.string(), pa.string(), pa.float64())
    columns = zip(*shared, strict=True) if shared else ([] for _ in names)
    return pa.table(
        {
            name: pa.array(column, of_type)
            for name, column, of_type in zip(names, columns, types, strict=True)
        }
    )
