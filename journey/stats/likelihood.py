"""The parameters that make what was seen most likely, found the same way every time."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import optimize

LEAST_PEOPLE = 30  # who determine a parameter; of fewer, as in all the marts, rates say little
# Where parameters are looked for. Beyond these, people no longer differ from one another (or
# without bound), and another power of ten changes no prediction.
LEAST, MOST = 1e-4, 1e3
MOST_STEPS = 500
MOST_SEARCHES = 20
DIGITS = 9  # of what is stored: what follows is where the search happened to stop
FLAT = 1e-6  # of the likelihood of one person, by the logarithm of a parameter

# The logarithm of the likelihood of all people at some parameters, and its slope along each.
Likelihood = Callable[[np.ndarray], tuple[float, np.ndarray]]


def most_likely(
    likelihood: Likelihood, names: Sequence[str], people: int
) -> dict[str, float] | None:
    """The positive parameters of the largest likelihood; None where no maximum was found."""

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = np.exp(logs)
        value, slopes = likelihood(parameters)
        return -value / people, -slopes * parameters / people

    bounds = [(np.log(LEAST), np.log(MOST))] * len(names)
    logs = np.zeros(len(names))
    for _ in range(MOST_SEARCHES):
        logs = optimize.minimize(
            loss,
            logs,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": MOST_STEPS, "ftol": 0, "gtol": FLAT / 1000},
        ).x
        top = at_the_top(logs, lambda each: loss(each)[1], bounds)
        if is_flat(top, loss(top)[1], bounds):
            return dict(zip(names, np.exp(top).tolist(), strict=True))
    return None


def at_the_top(
    logs: np.ndarray,
    slopes: Callable[[np.ndarray], np.ndarray],
    bounds: list[tuple[float, float]],
) -> np.ndarray:
    """Where the slopes are zero near the place where a search ended, along what no bound holds.

    A search compares likelihoods. Where people hardly differ these are nearly flat, and rounding
    ends it early, on one machine and not on another; slopes tell more digits of the place. A
    search that ended far from it has to go on.
    """
    least, most = np.array(bounds).T
    downhill = logs - slopes(logs)
    free = (least < downhill) & (downhill < most)
    if not free.any():
        return logs

    def moved(values: np.ndarray) -> np.ndarray:
        place = logs.copy()
        place[free] = np.clip(values, least[free], most[free])
        return place

    return moved(optimize.root(lambda values: slopes(moved(values))[free], logs[free]).x)


def is_flat(logs: np.ndarray, slopes: np.ndarray, bounds: list[tuple[float, float]]) -> bool:
    """Whether no step within the bounds leads further down."""
    least, most = np.array(bounds).T
    return bool(np.abs(np.clip(logs - slopes, least, most) - logs).max() <= FLAT)


def row_of_fit(
    fit: Any, log_likelihood: Callable[..., tuple[float, Any]], seen: Any
) -> dict[str, Any]:
    """A fit as it is stored: its parameters, rounded, and their likelihood; or that there is none.

    `fit` is a named tuple or None; `log_likelihood` takes the parameters and what was `seen`,
    and gives its value first.
    """
    if fit is None:
        return {"is_fitted": False}
    parameters = {name: round(value, DIGITS) for name, value in fit._asdict().items()}
    value, _ = log_likelihood(list(parameters.values()), seen)
    return parameters | {"is_fitted": True, "log_likelihood": round(value, DIGITS)}
