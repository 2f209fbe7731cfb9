"""Markov attribution: what a channel's removal would cost (see `journey.stats.markov`).

No person is seen here: the input is at most as many rows as there are pairs of channels.
"""

import pyarrow as pa

from journey.stats.markov import removal_effects

DIGITS = 12  # of what is stored: the last bits of a solved equation are the machine's, not ours


def model(dbt, session):
    dbt.config(materialized="table")
    relation = dbt.ref("int_channel_transitions_counted").select(
        "from_state, to_state, transitions"
    )
    effects = removal_effects({(state, to): count for state, to, count in relation.fetchall()})
    return pa.table(
        {
            "channel": pa.array(effects.keys(), pa.string()),
            "removal_effect": pa.array((round(e, DIGITS) for e in effects.values()), pa.float64()),
        }
    )
