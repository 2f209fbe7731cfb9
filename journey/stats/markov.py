"""Markov attribution: what a channel's removal would cost, on the exact absorbing chain.

The states are the channels, a start, the conversion and its absence. The input is the number of
steps between each two of them.
"""

import numpy as np

START = "(start)"
CONVERSION = "(conversion)"


def removal_effects(counts: dict[tuple[str, str], int]) -> dict[str, float]:
    """The share of conversions that is lost when no path can pass through a channel any more.

    `counts` are the steps by (from, to). Every path begins at START and ends at CONVERSION or
    elsewhere, so that from every channel the chain is absorbed. Without conversions nothing can be
    lost: no effects.
    """
    channels = sorted({state for state, _ in counts} - {START})
    place = {channel: number for number, channel in enumerate(channels)}
    start = np.zeros(len(channels))
    steps = np.zeros((len(channels), len(channels)))
    converting = np.zeros(len(channels))
    for (state, following), count in counts.items():
        total = sum(number for (other, _), number in counts.items() if other == state)
        if state == START:
            start[place[following]] = count / total
        elif following == CONVERSION:
            converting[place[state]] = count / total
        elif following in place:
            steps[place[state], place[following]] = count / total

    def conversion_rate(removed: int | None) -> float:
        kept = np.array([number != removed for number in range(len(channels))], dtype=float)
        chances = np.linalg.solve(np.eye(len(channels)) - steps * kept, converting * kept)
        return float((start * kept * chances).sum())

    overall = conversion_rate(None)
    if not overall:
        return {}
    return {channel: 1 - conversion_rate(place[channel]) / overall for channel in channels}
